-- AlterTable
ALTER TABLE "project" ADD COLUMN     "requiresReading" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "guideline_reading" (
    "guidelineVersionId" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "readAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "guideline_reading_pkey" PRIMARY KEY ("guidelineVersionId","userId")
);

-- CreateIndex
CREATE INDEX "guideline_reading_userId_idx" ON "guideline_reading"("userId");

-- AddForeignKey
ALTER TABLE "guideline_reading" ADD CONSTRAINT "guideline_reading_guidelineVersionId_fkey" FOREIGN KEY ("guidelineVersionId") REFERENCES "guideline_version"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "guideline_reading" ADD CONSTRAINT "guideline_reading_userId_fkey" FOREIGN KEY ("userId") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
