-- Statements written by hand read these columns, too, and know no list that is null.
-- AlterTable
ALTER TABLE "conversation" ALTER COLUMN "tags" SET DEFAULT ARRAY[]::TEXT[];
ALTER TABLE "prompt" ALTER COLUMN "tags" SET DEFAULT ARRAY[]::TEXT[];
UPDATE "conversation" SET "tags" = '{}' WHERE "tags" IS NULL;
UPDATE "prompt" SET "tags" = '{}' WHERE "tags" IS NULL;
