-- AlterTable
ALTER TABLE "membership" ADD COLUMN     "weeklyGoal" INTEGER;
