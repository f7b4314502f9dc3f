-- A draft whose lease ended before anything was written in it: kept for its author, out of every list, deleted days later.
ALTER TABLE "conversation" ADD COLUMN "lapsedAt" TIMESTAMPTZ(3);
CREATE INDEX conversation_lapsed ON "conversation" ("lapsedAt") WHERE "lapsedAt" IS NOT NULL;

-- Who took their decision back may decide again; an earlier reviewer still may not.
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
       SELECT 1 FROM "review" v WHERE v."conversationId" = NEW."conversationId" AND v."reviewerId" = NEW."reviewerId" AND v.id <> NEW.id
         AND NOT (v.kind = 'adjudication' AND v."withdrawnAt" IS NOT NULL)) THEN
    RAISE EXCEPTION 'earlier-reviewer-adjudicates' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
