-- What the trainer's preparation says is a code with its facts; the words are the interface's, in its language.
ALTER TABLE "system_task" DROP COLUMN "message", DROP COLUMN "cure";
ALTER TABLE "system_task" ADD COLUMN "code" TEXT NOT NULL DEFAULT '', ADD COLUMN "facts" JSONB NOT NULL DEFAULT '{}';

-- When the files of an ended run were brought down to what its settings keep, and when a person removed the rest.
ALTER TABLE "run" ADD COLUMN "tidiedAt" TIMESTAMPTZ(3), ADD COLUMN "filesRemovedAt" TIMESTAMPTZ(3);
