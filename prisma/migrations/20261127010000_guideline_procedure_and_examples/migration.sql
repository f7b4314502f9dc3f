-- AlterTable
ALTER TABLE "guideline_version" ADD COLUMN     "procedure" JSONB NOT NULL DEFAULT '[]';

-- AlterTable
ALTER TABLE "rule" ADD COLUMN     "examples" JSONB NOT NULL DEFAULT '[]';
