-- What the product itself makes (the demo's build) is nobody's; until now such rows held the project's id as a person's.
ALTER TABLE "snapshot" ALTER COLUMN "createdById" DROP NOT NULL;
ALTER TABLE "build" ALTER COLUMN "createdById" DROP NOT NULL;
ALTER TABLE "run" ALTER COLUMN "createdById" DROP NOT NULL;

-- A frozen snapshot never changes, this column of its creation included; the correction is no change of what it holds.
ALTER TABLE "snapshot" DISABLE TRIGGER USER;
UPDATE "snapshot" SET "createdById" = NULL WHERE "createdById" = "projectId";
ALTER TABLE "snapshot" ENABLE TRIGGER USER;
UPDATE "build" SET "createdById" = NULL WHERE "createdById" = "projectId";
UPDATE "run" SET "createdById" = NULL WHERE "createdById" = "projectId";

-- Answers were kept with one-time passwords and tokens in plain text, and without their times. Whoever repeats one of those requests does it anew.
DELETE FROM "idempotency_key";

-- Seeing all conversations, and the names in them, became actions: tokens that may read them go on seeing what their owner sees.
UPDATE "api_token" SET actions = actions || ARRAY['conversation:read-all', 'conversation:see-names']
WHERE actions && ARRAY['conversation:list', 'conversation:read'] AND NOT 'conversation:read-all' = ANY (actions);
