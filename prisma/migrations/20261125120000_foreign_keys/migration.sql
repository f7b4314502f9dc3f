-- Every id that names a row of ours is a foreign key, so that nothing can name what is not there.
-- People: RESTRICT, as accounts are closed and never deleted. Within a project: NO ACTION, and deferred, so that a project can
-- go as a whole in whatever order its tables are emptied, while a row that something still names cannot go alone.

-- DropForeignKey
ALTER TABLE "build" DROP CONSTRAINT "build_modelId_fkey";

-- DropForeignKey
ALTER TABLE "run" DROP CONSTRAINT "run_baseModelId_fkey";

-- DropForeignKey
ALTER TABLE "run" DROP CONSTRAINT "run_buildId_fkey";

-- DropForeignKey
ALTER TABLE "snapshot_row" DROP CONSTRAINT "snapshot_row_conversationId_fkey";

-- DropForeignKey
ALTER TABLE "snapshot_row" DROP CONSTRAINT "snapshot_row_revisionId_fkey";

-- DropIndex
DROP INDEX "api_token_userId_createdAt_idx";

-- DropIndex
DROP INDEX "run_state_idx";

-- AlterTable
ALTER TABLE "build" ALTER COLUMN "createdById" DROP NOT NULL;

-- AlterTable
ALTER TABLE "run" ALTER COLUMN "createdById" DROP NOT NULL;

-- AlterTable
ALTER TABLE "snapshot" ALTER COLUMN "createdById" DROP NOT NULL;

-- What the product itself made has no person; the project's id stood there.
ALTER TABLE "snapshot" DISABLE TRIGGER "snapshot_frozen";
UPDATE "snapshot" SET "createdById" = NULL WHERE "createdById" NOT IN (SELECT id FROM "user");
ALTER TABLE "snapshot" ENABLE TRIGGER "snapshot_frozen";
UPDATE "build" SET "createdById" = NULL WHERE "createdById" NOT IN (SELECT id FROM "user");
UPDATE "run" SET "createdById" = NULL WHERE "createdById" NOT IN (SELECT id FROM "user");

-- CreateIndex
CREATE INDEX "api_token_userId_id_idx" ON "api_token"("userId", "id");

-- CreateIndex
CREATE INDEX "build_projectId_id_idx" ON "build"("projectId", "id");

-- CreateIndex
CREATE INDEX "comment_ruleSlug_idx" ON "comment"("ruleSlug");

-- CreateIndex
CREATE INDEX "ledger_entry_revisionId_idx" ON "ledger_entry"("revisionId");

-- CreateIndex
CREATE INDEX "model_kind_createdAt_idx" ON "model"("kind", "createdAt" DESC);

-- CreateIndex
CREATE INDEX "review_projectId_createdAt_idx" ON "review"("projectId", "createdAt");

-- CreateIndex
CREATE INDEX "run_state_createdAt_id_idx" ON "run"("state", "createdAt", "id");

-- CreateIndex
CREATE INDEX "run_projectId_id_idx" ON "run"("projectId", "id");

-- CreateIndex
CREATE INDEX "run_parentRunId_idx" ON "run"("parentRunId");

-- CreateIndex
CREATE INDEX "snapshot_projectId_id_idx" ON "snapshot"("projectId", "id");

-- AddForeignKey
ALTER TABLE "assignment" ADD CONSTRAINT "assignment_revisionId_fkey" FOREIGN KEY ("revisionId") REFERENCES "revision"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "assignment" ADD CONSTRAINT "assignment_assigneeId_fkey" FOREIGN KEY ("assigneeId") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "build" ADD CONSTRAINT "build_modelId_fkey" FOREIGN KEY ("modelId") REFERENCES "model"("id") ON DELETE NO ACTION ON UPDATE CASCADE
  DEFERRABLE INITIALLY DEFERRED;

-- AddForeignKey
ALTER TABLE "build" ADD CONSTRAINT "build_createdById_fkey" FOREIGN KEY ("createdById") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ledger_entry" ADD CONSTRAINT "ledger_entry_conversationId_fkey" FOREIGN KEY ("conversationId") REFERENCES "conversation"("id") ON DELETE NO ACTION ON UPDATE CASCADE
  DEFERRABLE INITIALLY DEFERRED;

-- AddForeignKey
ALTER TABLE "ledger_entry" ADD CONSTRAINT "ledger_entry_revisionId_fkey" FOREIGN KEY ("revisionId") REFERENCES "revision"("id") ON DELETE NO ACTION ON UPDATE CASCADE
  DEFERRABLE INITIALLY DEFERRED;

-- AddForeignKey
ALTER TABLE "conversation" ADD CONSTRAINT "conversation_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "conversation" ADD CONSTRAINT "conversation_currentRevisionId_fkey" FOREIGN KEY ("currentRevisionId") REFERENCES "revision"("id") ON DELETE NO ACTION ON UPDATE CASCADE
  DEFERRABLE INITIALLY DEFERRED;

-- AddForeignKey
ALTER TABLE "conversation" ADD CONSTRAINT "conversation_guidelineVersionId_fkey" FOREIGN KEY ("guidelineVersionId") REFERENCES "guideline_version"("id") ON DELETE NO ACTION ON UPDATE CASCADE
  DEFERRABLE INITIALLY DEFERRED;

-- AddForeignKey
ALTER TABLE "draft" ADD CONSTRAINT "draft_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "guideline_version" ADD CONSTRAINT "guideline_version_publishedById_fkey" FOREIGN KEY ("publishedById") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "guideline_draft" ADD CONSTRAINT "guideline_draft_updatedById_fkey" FOREIGN KEY ("updatedById") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "prompt_import" ADD CONSTRAINT "prompt_import_createdById_fkey" FOREIGN KEY ("createdById") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "model" ADD CONSTRAINT "model_runId_fkey" FOREIGN KEY ("runId") REFERENCES "run"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "review" ADD CONSTRAINT "review_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project"("id") ON DELETE NO ACTION ON UPDATE CASCADE
  DEFERRABLE INITIALLY DEFERRED;

-- AddForeignKey
ALTER TABLE "review" ADD CONSTRAINT "review_reviewerId_fkey" FOREIGN KEY ("reviewerId") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "review" ADD CONSTRAINT "review_guidelineVersionId_fkey" FOREIGN KEY ("guidelineVersionId") REFERENCES "guideline_version"("id") ON DELETE NO ACTION ON UPDATE CASCADE
  DEFERRABLE INITIALLY DEFERRED;

-- AddForeignKey
ALTER TABLE "comment" ADD CONSTRAINT "comment_resolvedById_fkey" FOREIGN KEY ("resolvedById") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "revision" ADD CONSTRAINT "revision_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project"("id") ON DELETE NO ACTION ON UPDATE CASCADE
  DEFERRABLE INITIALLY DEFERRED;

-- AddForeignKey
ALTER TABLE "revision" ADD CONSTRAINT "revision_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "revision"("id") ON DELETE NO ACTION ON UPDATE CASCADE
  DEFERRABLE INITIALLY DEFERRED;

-- AddForeignKey
ALTER TABLE "revision" ADD CONSTRAINT "revision_editorId_fkey" FOREIGN KEY ("editorId") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "revision" ADD CONSTRAINT "revision_guidelineVersionId_fkey" FOREIGN KEY ("guidelineVersionId") REFERENCES "guideline_version"("id") ON DELETE NO ACTION ON UPDATE CASCADE
  DEFERRABLE INITIALLY DEFERRED;

-- AddForeignKey
ALTER TABLE "run" ADD CONSTRAINT "run_buildId_fkey" FOREIGN KEY ("buildId") REFERENCES "build"("id") ON DELETE NO ACTION ON UPDATE CASCADE
  DEFERRABLE INITIALLY DEFERRED;

-- AddForeignKey
ALTER TABLE "run" ADD CONSTRAINT "run_baseModelId_fkey" FOREIGN KEY ("baseModelId") REFERENCES "model"("id") ON DELETE NO ACTION ON UPDATE CASCADE
  DEFERRABLE INITIALLY DEFERRED;

-- AddForeignKey
ALTER TABLE "run" ADD CONSTRAINT "run_parentRunId_fkey" FOREIGN KEY ("parentRunId") REFERENCES "run"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run" ADD CONSTRAINT "run_createdById_fkey" FOREIGN KEY ("createdById") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "snapshot" ADD CONSTRAINT "snapshot_createdById_fkey" FOREIGN KEY ("createdById") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "snapshot_row" ADD CONSTRAINT "snapshot_row_conversationId_fkey" FOREIGN KEY ("conversationId") REFERENCES "conversation"("id") ON DELETE NO ACTION ON UPDATE CASCADE
  DEFERRABLE INITIALLY DEFERRED;

-- AddForeignKey
ALTER TABLE "snapshot_row" ADD CONSTRAINT "snapshot_row_revisionId_fkey" FOREIGN KEY ("revisionId") REFERENCES "revision"("id") ON DELETE NO ACTION ON UPDATE CASCADE
  DEFERRABLE INITIALLY DEFERRED;

-- Only rows that name something need an entry: a claim, which names neither, pays for none of these.
CREATE INDEX conversation_current_revision ON "conversation" ("currentRevisionId") WHERE "currentRevisionId" IS NOT NULL;
CREATE INDEX conversation_guideline_version ON "conversation" ("guidelineVersionId") WHERE "guidelineVersionId" IS NOT NULL;
CREATE INDEX revision_parent ON "revision" ("parentId") WHERE "parentId" IS NOT NULL;
CREATE INDEX revision_guideline_version ON "revision" ("guidelineVersionId") WHERE "guidelineVersionId" IS NOT NULL;
CREATE INDEX review_guideline_version ON "review" ("guidelineVersionId") WHERE "guidelineVersionId" IS NOT NULL;
CREATE INDEX assignment_revision ON "assignment" ("revisionId") WHERE "revisionId" IS NOT NULL;
