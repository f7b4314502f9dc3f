-- Failures of runs said `message` where those of snapshots and builds say `detail`.
UPDATE "run" SET failure = failure - 'message' || jsonb_build_object('detail', failure -> 'message') WHERE failure ? 'message';
