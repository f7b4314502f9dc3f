-- AlterTable
ALTER TABLE "prompt_import" DROP COLUMN "isDryRun";

-- AlterTable
ALTER TABLE "run" DROP COLUMN "backend";

