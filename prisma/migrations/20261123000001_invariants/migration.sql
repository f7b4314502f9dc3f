-- What Prisma's schema language cannot say: immutability, the audit chain, states, and who may judge whose work.

-- 1. Rows that never change -------------------------------------------------------------------------------------
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% rows never change', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER revision_immutable BEFORE UPDATE ON "revision" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER snapshot_row_immutable BEFORE UPDATE ON "snapshot_row" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER guideline_version_immutable BEFORE UPDATE ON "guideline_version" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER rule_immutable BEFORE UPDATE ON "rule" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_entry_immutable BEFORE UPDATE ON "ledger_entry" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER run_event_immutable BEFORE UPDATE ON "run_event" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_event_immutable BEFORE UPDATE OR DELETE ON "audit_event" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON "audit_event" FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A frozen snapshot keeps its name, rows and hash; only its project's deletion removes it.
CREATE FUNCTION keep_frozen_snapshot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'frozen' THEN
    RAISE EXCEPTION 'a frozen snapshot never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER snapshot_frozen BEFORE UPDATE ON "snapshot" FOR EACH ROW EXECUTE FUNCTION keep_frozen_snapshot();

CREATE FUNCTION only_while_freezing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE owner_state text;
BEGIN
  SELECT state INTO owner_state FROM "snapshot" WHERE id = COALESCE(NEW."snapshotId", OLD."snapshotId");
  IF owner_state = 'frozen' THEN
    RAISE EXCEPTION 'a frozen snapshot never changes' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER snapshot_row_frozen BEFORE INSERT OR DELETE ON "snapshot_row" FOR EACH ROW EXECUTE FUNCTION only_while_freezing();

-- 2. The audit chain --------------------------------------------------------------------------------------------
-- Every event carries the hash of the one before it in its chain; the head row serialises writers of one chain.
CREATE FUNCTION audit_event_payload(e "audit_event") RETURNS text LANGUAGE sql STABLE AS $$
  SELECT concat_ws(E'\x1f', e."chainId"::text, e.seq::text, e.event, e.operation, e.action, coalesce(e."actorId"::text, ''),
    coalesce(e."subjectId", ''), e."requestId", e.via, e.data::text,
    to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), e."previousHash")
$$;

CREATE FUNCTION chain_audit_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE head "audit_head";
BEGIN
  INSERT INTO "audit_head" ("chainId", seq, hash) VALUES (NEW."chainId", 0, repeat('0', 64)) ON CONFLICT DO NOTHING;
  SELECT * INTO head FROM "audit_head" WHERE "chainId" = NEW."chainId" FOR UPDATE;
  NEW.seq := head.seq + 1;
  NEW."previousHash" := head.hash;
  NEW.hash := encode(sha256(convert_to(audit_event_payload(NEW), 'UTF8')), 'hex');
  UPDATE "audit_head" SET seq = NEW.seq, hash = NEW.hash WHERE "chainId" = NEW."chainId";
  RETURN NEW;
END $$;
CREATE TRIGGER audit_event_chain BEFORE INSERT ON "audit_event" FOR EACH ROW EXECUTE FUNCTION chain_audit_event();

-- 3. States (the tables in lib/domain/machine.ts; a test holds the two together) ---------------------------------
ALTER TABLE "prompt" ADD CONSTRAINT prompt_state CHECK (state IN ('open', 'closed', 'withdrawn'));
ALTER TABLE "assignment" ADD CONSTRAINT assignment_state CHECK (state IN ('leased', 'done', 'skipped', 'released', 'expired'));
ALTER TABLE "conversation" ADD CONSTRAINT conversation_state CHECK (state IN ('draft', 'submitted', 'changes-requested', 'approved', 'rejected', 'escalated', 'superseded', 'stale', 'withdrawn'));
ALTER TABLE "snapshot" ADD CONSTRAINT snapshot_state CHECK (state IN ('freezing', 'frozen', 'failed'));
ALTER TABLE "build" ADD CONSTRAINT build_state CHECK (state IN ('queued', 'building', 'ready', 'failed', 'cancelled'));
ALTER TABLE "run" ADD CONSTRAINT run_state CHECK (state IN ('draft', 'queued', 'preparing', 'submitted', 'running', 'stopping', 'succeeded', 'failed', 'cancelled', 'paused'));
ALTER TABLE "attempt" ADD CONSTRAINT attempt_state CHECK (state IN ('submitted', 'running', 'stopping', 'succeeded', 'failed', 'cancelled', 'paused', 'lost', 'preempted'));
ALTER TABLE "assignment" ADD CONSTRAINT assignment_kind CHECK (kind IN ('write', 'review', 'adjudicate', 'rank'));
ALTER TABLE "review" ADD CONSTRAINT review_verdict CHECK (verdict IN ('approve', 'request-changes', 'reject', 'escalate'));
ALTER TABLE "comment" ADD CONSTRAINT comment_severity CHECK (severity IN ('nit', 'minor', 'major', 'critical'));
ALTER TABLE "ledger_entry" ADD CONSTRAINT ledger_outcome CHECK (outcome IN ('exported', 'excluded', 'truncated'));
ALTER TABLE "membership" ADD CONSTRAINT membership_roles CHECK (roles <@ ARRAY['labeller', 'reviewer', 'engineer', 'manager'] AND cardinality(roles) > 0);

-- 4. Counts that can never go wrong --------------------------------------------------------------------------------
ALTER TABLE "prompt" ADD CONSTRAINT prompt_slots CHECK ("openSlots" >= 0 AND "openSlots" <= "answersWanted" AND "answersWanted" >= 1);
ALTER TABLE "build" ADD CONSTRAINT build_balances CHECK (state <> 'ready' OR candidates = exported + excluded + truncated);
ALTER TABLE "prompt_import" ADD CONSTRAINT prompt_import_balances CHECK ("finishedAt" IS NULL OR candidates = imported + duplicates + faulty);

-- One live lease a piece of work and person; one live review lease and one live adjudication lease a conversation.
CREATE UNIQUE INDEX assignment_live_write ON "assignment" ("promptId", "assigneeId") WHERE state = 'leased' AND kind = 'write';
CREATE UNIQUE INDEX assignment_live_review ON "assignment" ("conversationId", kind) WHERE state = 'leased' AND kind IN ('review', 'adjudicate');
CREATE INDEX assignment_expiring ON "assignment" ("expiresAt") WHERE state = 'leased';
-- The claim's only path: open prompts with room, best first.
CREATE INDEX prompt_claimable ON "prompt" ("projectId", priority DESC, position) WHERE state = 'open' AND "openSlots" > 0;
-- A standing verdict of one person on one revision.
CREATE UNIQUE INDEX review_standing ON "review" ("revisionId", "reviewerId") WHERE "withdrawnAt" IS NULL;
-- Instance-wide models have no project; their names are unique all the same.
CREATE UNIQUE INDEX model_instance_name ON "model" (name) WHERE "projectId" IS NULL;

-- 5. Nobody judges their own work, and nobody who judged it adjudicates it ------------------------------------------
CREATE FUNCTION check_judge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM "conversation" c WHERE c.id = NEW."conversationId" AND c."authorId" = NEW."reviewerId")
     OR EXISTS (SELECT 1 FROM "revision" r WHERE r.id = NEW."revisionId" AND r."editorId" = NEW."reviewerId") THEN
    RAISE EXCEPTION 'own-work-review' USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.kind = 'adjudication' AND EXISTS (
       SELECT 1 FROM "review" v WHERE v."conversationId" = NEW."conversationId" AND v."reviewerId" = NEW."reviewerId") THEN
    RAISE EXCEPTION 'earlier-reviewer-adjudicates' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER review_judge BEFORE INSERT ON "review" FOR EACH ROW EXECUTE FUNCTION check_judge();

-- An approved conversation has its approvals, by others, on that very revision. Deferred: the review and the state are written in either order.
CREATE FUNCTION check_approved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE required int; standing int;
BEGIN
  IF NEW.state = 'approved' AND (TG_OP = 'INSERT' OR OLD.state <> 'approved') THEN
    SELECT CASE WHEN EXISTS (SELECT 1 FROM "review" v WHERE v."revisionId" = NEW."currentRevisionId" AND v.kind = 'adjudication'
                             AND v.verdict = 'approve' AND v."withdrawnAt" IS NULL)
                THEN 1 ELSE p."requiredApprovals" END
      INTO required FROM "project" p WHERE p.id = NEW."projectId";
    SELECT count(*) INTO standing FROM "review" v
      WHERE v."revisionId" = NEW."currentRevisionId" AND v.verdict = 'approve' AND v."withdrawnAt" IS NULL AND v."reviewerId" <> NEW."authorId";
    IF standing < required THEN
      RAISE EXCEPTION 'approved without % approvals of this revision', required USING ERRCODE = 'check_violation';
    END IF;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER conversation_approved AFTER INSERT OR UPDATE OF state ON "conversation"
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_approved();
