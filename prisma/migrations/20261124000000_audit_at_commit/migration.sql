-- The chain is extended while a transaction commits, not before: writers of one project then queue for the commit alone and not
-- for the round trip that asks for it.

-- CreateTable
CREATE TABLE "audit_pending" (
    "id" BIGSERIAL NOT NULL,
    "chainId" UUID NOT NULL,
    "event" TEXT NOT NULL,
    "operation" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "actorId" UUID,
    "subjectId" TEXT,
    "requestId" TEXT NOT NULL,
    "via" TEXT NOT NULL,
    "data" JSONB NOT NULL,

    CONSTRAINT "audit_pending_pkey" PRIMARY KEY ("id")
);

-- No row outlives its transaction, so none is worth a line in the log.
ALTER TABLE "audit_pending" SET UNLOGGED;

CREATE FUNCTION append_pending_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "audit_event" ("chainId", seq, event, operation, action, "actorId", "subjectId", "requestId", via, data, "previousHash", hash)
  VALUES (NEW."chainId", 0, NEW.event, NEW.operation, NEW.action, NEW."actorId", NEW."subjectId", NEW."requestId", NEW.via, NEW.data, '', '');
  DELETE FROM "audit_pending" WHERE id = NEW.id;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER audit_pending_append AFTER INSERT ON "audit_pending" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION append_pending_audit();
