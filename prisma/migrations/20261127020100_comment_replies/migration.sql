-- CreateTable
CREATE TABLE "comment_reply" (
    "id" UUID NOT NULL,
    "commentId" UUID NOT NULL,
    "authorId" UUID NOT NULL,
    "body" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "comment_reply_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "comment_reply_commentId_createdAt_id_idx" ON "comment_reply"("commentId", "createdAt", "id");
CREATE INDEX "comment_reply_authorId_idx" ON "comment_reply"("authorId");

-- AddForeignKey
ALTER TABLE "comment_reply" ADD CONSTRAINT "comment_reply_commentId_fkey" FOREIGN KEY ("commentId") REFERENCES "comment"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "comment_reply" ADD CONSTRAINT "comment_reply_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Sent, it is said.
CREATE TRIGGER comment_reply_immutable BEFORE UPDATE ON "comment_reply" FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A conversation with thousands of comments is read by pages.
-- DropIndex
DROP INDEX "comment_reviewId_idx";
DROP INDEX "comment_conversationId_idx";

-- CreateIndex
CREATE INDEX "comment_reviewId_createdAt_id_idx" ON "comment"("reviewId", "createdAt", "id");
CREATE INDEX "comment_conversationId_createdAt_id_idx" ON "comment"("conversationId", "createdAt", "id");
