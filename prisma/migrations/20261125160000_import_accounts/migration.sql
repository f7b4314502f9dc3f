-- An import has a state and says why it broke off; a fault keeps the facts its texts are made of.
-- AlterTable
ALTER TABLE "prompt_import" ADD COLUMN     "failure" JSONB,
ADD COLUMN     "state" TEXT NOT NULL DEFAULT 'running',
ADD COLUMN     "touchedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 0;
UPDATE "prompt_import" SET "state" = CASE WHEN "finishedAt" IS NULL THEN 'interrupted' ELSE 'finished' END;
ALTER TABLE "prompt_import" ADD CONSTRAINT promptImport_state CHECK (state IN ('running', 'finished', 'interrupted'));

-- AlterTable
ALTER TABLE "import_fault" ADD COLUMN     "cure" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "facts" JSONB;

-- What a dry run has seen so far. It is thrown away at its end, so it need not survive a crash.
-- CreateTable
CREATE UNLOGGED TABLE "import_key" (
    "importId" UUID NOT NULL,
    "key" UUID NOT NULL,

    CONSTRAINT "import_key_pkey" PRIMARY KEY ("importId","key")
);

-- AddForeignKey
ALTER TABLE "import_key" ADD CONSTRAINT "import_key_importId_fkey" FOREIGN KEY ("importId") REFERENCES "prompt_import"("id") ON DELETE CASCADE ON UPDATE CASCADE;
