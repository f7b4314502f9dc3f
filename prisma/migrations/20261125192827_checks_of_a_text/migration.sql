-- AlterTable
ALTER TABLE "project" ADD COLUMN     "checks" JSONB NOT NULL DEFAULT '{}';

-- AlterTable
ALTER TABLE "revision" ADD COLUMN     "acknowledgements" JSONB NOT NULL DEFAULT '[]';

