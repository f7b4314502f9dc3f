-- AlterTable
ALTER TABLE "conversation" ADD COLUMN     "signedRevisionId" UUID;

-- CreateTable
CREATE TABLE "near_duplicate_key" (
    "key" BIGINT NOT NULL,
    "conversationId" UUID NOT NULL,

    CONSTRAINT "near_duplicate_key_pkey" PRIMARY KEY ("key","conversationId")
);

-- What the worker has yet to sign: imported answers, and those of before there were signatures. Empty most of the time.
CREATE INDEX "conversation_unsigned_idx" ON "conversation" (id) WHERE "currentRevisionId" IS DISTINCT FROM "signedRevisionId";
