-- AlterTable
ALTER TABLE "run" DROP COLUMN "backend";
