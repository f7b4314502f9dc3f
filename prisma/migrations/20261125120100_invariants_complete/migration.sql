-- What `invariants` left open: rows that do not go either, groups that stay on one side of a split, approvals that cannot be
-- taken from under an approved conversation, and the words that columns may hold.

-- 1. Rows that never go alone --------------------------------------------------------------------------------------
-- They go only with what they belong to: by then the owner's row is gone, which is how the cascade is told from a DELETE.
CREATE FUNCTION keep_with_owner() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE is_owned boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE id = ($1).%I)', TG_ARGV[0], TG_ARGV[1]) INTO is_owned USING OLD;
  IF is_owned THEN
    RAISE EXCEPTION '% rows never go without their %', TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER revision_kept BEFORE DELETE ON "revision" FOR EACH ROW EXECUTE FUNCTION keep_with_owner('conversation', 'conversationId');
CREATE TRIGGER guideline_version_kept BEFORE DELETE ON "guideline_version" FOR EACH ROW EXECUTE FUNCTION keep_with_owner('project', 'projectId');
CREATE TRIGGER rule_kept BEFORE DELETE ON "rule" FOR EACH ROW EXECUTE FUNCTION keep_with_owner('guideline_version', 'guidelineVersionId');
CREATE TRIGGER run_event_kept BEFORE DELETE ON "run_event" FOR EACH ROW EXECUTE FUNCTION keep_with_owner('attempt', 'attemptId');
CREATE TRIGGER snapshot_kept BEFORE DELETE ON "snapshot" FOR EACH ROW WHEN (OLD.state = 'frozen')
  EXECUTE FUNCTION keep_with_owner('project', 'projectId');

-- The ledger of a build that is being made is written and thrown away; that of a finished one stands. Once a statement, not a row.
CREATE FUNCTION only_while_building() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM (SELECT DISTINCT "buildId" FROM changed) c JOIN "build" b ON b.id = c."buildId" WHERE b.state NOT IN ('queued', 'building')) THEN
    RAISE EXCEPTION 'the ledger of a finished build never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_entry_added AFTER INSERT ON "ledger_entry" REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION only_while_building();
CREATE TRIGGER ledger_entry_removed AFTER DELETE ON "ledger_entry" REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION only_while_building();

-- The same for the rows of a snapshot, which were looked at one by one.
DROP TRIGGER snapshot_row_frozen ON "snapshot_row";
CREATE OR REPLACE FUNCTION only_while_freezing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM (SELECT DISTINCT "snapshotId" FROM changed) c JOIN "snapshot" s ON s.id = c."snapshotId" WHERE s.state = 'frozen') THEN
    RAISE EXCEPTION 'a frozen snapshot never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER snapshot_row_added AFTER INSERT ON "snapshot_row" REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION only_while_freezing();
CREATE TRIGGER snapshot_row_removed AFTER DELETE ON "snapshot_row" REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION only_while_freezing();

CREATE TRIGGER revision_no_truncate BEFORE TRUNCATE ON "revision" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER guideline_version_no_truncate BEFORE TRUNCATE ON "guideline_version" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rule_no_truncate BEFORE TRUNCATE ON "rule" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER snapshot_no_truncate BEFORE TRUNCATE ON "snapshot" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER snapshot_row_no_truncate BEFORE TRUNCATE ON "snapshot_row" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_entry_no_truncate BEFORE TRUNCATE ON "ledger_entry" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER run_event_no_truncate BEFORE TRUNCATE ON "run_event" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- 2. What a snapshot is when it freezes ----------------------------------------------------------------------------
-- Rows come only before and change never, so one look at that moment holds for good: no group on two sides, none uncounted.
CREATE FUNCTION check_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE torn text; rows int;
BEGIN
  SELECT "groupKey" INTO torn FROM "snapshot_row" WHERE "snapshotId" = NEW.id GROUP BY "groupKey" HAVING min(split) <> max(split) LIMIT 1;
  IF torn IS NOT NULL THEN
    RAISE EXCEPTION 'split group % spans two splits', torn USING ERRCODE = 'check_violation';
  END IF;
  SELECT count(*) INTO rows FROM "snapshot_row" WHERE "snapshotId" = NEW.id;
  IF rows <> NEW."rowCount" THEN
    RAISE EXCEPTION 'the snapshot counts % rows and has %', NEW."rowCount", rows USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER snapshot_whole BEFORE INSERT OR UPDATE OF state ON "snapshot" FOR EACH ROW WHEN (NEW.state = 'frozen') EXECUTE FUNCTION check_frozen();

-- 3. Approved means approved, for as long as it is --------------------------------------------------------------------
CREATE FUNCTION refuse_unapproved(conversation_id uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE c "conversation"; required int; standing int;
BEGIN
  -- As it is at commit: what an earlier statement of the transaction left may have changed since.
  SELECT * INTO c FROM "conversation" WHERE id = conversation_id;
  IF c.state IS DISTINCT FROM 'approved' THEN RETURN; END IF;
  SELECT CASE WHEN EXISTS (SELECT 1 FROM "review" v WHERE v."revisionId" = c."currentRevisionId" AND v.kind = 'adjudication'
                           AND v.verdict = 'approve' AND v."withdrawnAt" IS NULL)
              THEN 1 ELSE p."requiredApprovals" END
    INTO required FROM "project" p WHERE p.id = c."projectId";
  SELECT count(*) INTO standing FROM "review" v
    WHERE v."revisionId" = c."currentRevisionId" AND v.verdict = 'approve' AND v."withdrawnAt" IS NULL AND v."reviewerId" <> c."authorId";
  IF standing < required THEN
    RAISE EXCEPTION 'approved without % approvals of this revision', required USING ERRCODE = 'check_violation';
  END IF;
END $$;

DROP TRIGGER conversation_approved ON "conversation";
CREATE OR REPLACE FUNCTION check_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' OR OLD.state <> NEW.state OR OLD."currentRevisionId" IS DISTINCT FROM NEW."currentRevisionId" THEN
    PERFORM refuse_unapproved(NEW.id);
  END IF;
  RETURN NULL;
END $$;
-- Conversations that are not approved, as every claim makes one, are not even queued for the commit.
CREATE CONSTRAINT TRIGGER conversation_approved AFTER INSERT OR UPDATE OF state, "currentRevisionId" ON "conversation"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'approved') EXECUTE FUNCTION check_approved();

CREATE FUNCTION check_approval_taken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM refuse_unapproved(OLD."conversationId");
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER review_approval_changed AFTER UPDATE OF "withdrawnAt", verdict, kind, "revisionId", "reviewerId" ON "review"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.verdict = 'approve' AND OLD."withdrawnAt" IS NULL) EXECUTE FUNCTION check_approval_taken();
CREATE CONSTRAINT TRIGGER review_approval_gone AFTER DELETE ON "review"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.verdict = 'approve' AND OLD."withdrawnAt" IS NULL) EXECUTE FUNCTION check_approval_taken();

-- 4. Nobody judges their own work, also not by a later change of whose it is ---------------------------------------------
CREATE OR REPLACE FUNCTION check_judge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM "conversation" c WHERE c.id = NEW."conversationId" AND c."authorId" = NEW."reviewerId")
     OR EXISTS (SELECT 1 FROM "revision" r WHERE r.id = NEW."revisionId" AND r."editorId" = NEW."reviewerId") THEN
    RAISE EXCEPTION 'own-work-review' USING ERRCODE = 'check_violation';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM "revision" r WHERE r.id = NEW."revisionId" AND r."conversationId" = NEW."conversationId") THEN
    RAISE EXCEPTION 'a review judges a revision of its own conversation' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.kind = 'adjudication' AND EXISTS (
       SELECT 1 FROM "review" v WHERE v."conversationId" = NEW."conversationId" AND v."reviewerId" = NEW."reviewerId" AND v.id <> NEW.id) THEN
    RAISE EXCEPTION 'earlier-reviewer-adjudicates' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER review_judge ON "review";
CREATE TRIGGER review_judge BEFORE INSERT OR UPDATE OF "conversationId", "revisionId", "reviewerId", kind ON "review"
  FOR EACH ROW EXECUTE FUNCTION check_judge();

-- 5. The words that columns may hold (the lists in lib/domain; a test holds the two together) ---------------------------
ALTER TABLE "rule" ADD CONSTRAINT rule_principle CHECK (principle IN ('helpful', 'truthful', 'harmless', 'style'));
ALTER TABLE "rule" ADD CONSTRAINT rule_level CHECK (level IN ('must', 'should', 'may'));
ALTER TABLE "snapshot_row" ADD CONSTRAINT snapshot_row_split CHECK (split IN ('train', 'validation', 'test'));
ALTER TABLE "ledger_entry" ADD CONSTRAINT ledger_entry_split CHECK (split IN ('train', 'validation', 'test'));
ALTER TABLE "build_file" ADD CONSTRAINT build_file_split CHECK (split IN ('train', 'validation', 'test'));
ALTER TABLE "revision" ADD CONSTRAINT revision_kind CHECK (kind IN ('authored', 'fixed'));
ALTER TABLE "review" ADD CONSTRAINT review_kind CHECK (kind IN ('review', 'adjudication'));
ALTER TABLE "run" ADD CONSTRAINT run_desired CHECK (desired IN ('run', 'pause', 'cancel'));
ALTER TABLE "attempt" ADD CONSTRAINT attempt_origin CHECK (origin IN ('start', 'resume', 'recovery'));
-- Why somebody passed work on, and why a row was left out, are the point of writing it down.
ALTER TABLE "assignment" ADD CONSTRAINT assignment_skip_reason CHECK (state <> 'skipped' OR "skipReason" IS NOT NULL);
ALTER TABLE "ledger_entry" ADD CONSTRAINT ledger_entry_reason CHECK (outcome <> 'excluded' OR reason IS NOT NULL);

-- 6. The slots of a prompt ------------------------------------------------------------------------------------------
-- openSlots = answersWanted − conversations that hold a slot, exactly, after every commit. Counting at every claim would cost it
-- a tenth of its speed, so this is asked for: by tests after every random history, and by whoever doubts (no row: all is well).
CREATE FUNCTION slot_faults(project_id uuid) RETURNS TABLE ("promptId" uuid, "openSlots" int, expected int) LANGUAGE sql STABLE AS $$
  SELECT p.id, p."openSlots", p."answersWanted" - h.held FROM "prompt" p
    CROSS JOIN LATERAL (SELECT count(*)::int AS held FROM "conversation" c WHERE c."promptId" = p.id AND c."holdsSlot") h
  WHERE p."projectId" = project_id AND p."openSlots" <> p."answersWanted" - h.held
$$;
