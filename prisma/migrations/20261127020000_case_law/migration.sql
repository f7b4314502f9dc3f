-- Rulings: what an adjudication says beyond its own conversation.
-- CreateTable
CREATE TABLE "ruling" (
    "id" UUID NOT NULL,
    "projectId" UUID NOT NULL,
    "conversationId" UUID NOT NULL,
    "reviewId" UUID NOT NULL,
    "question" TEXT NOT NULL,
    "decision" TEXT NOT NULL,
    "reasons" TEXT NOT NULL DEFAULT '',
    "isGap" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "overruledById" UUID,
    "overruledAt" TIMESTAMPTZ(3),
    "overrulerId" UUID,

    CONSTRAINT "ruling_pkey" PRIMARY KEY ("id"),
    CONSTRAINT ruling_overruled CHECK (("overruledById" IS NULL) = ("overruledAt" IS NULL) AND "overruledById" IS DISTINCT FROM id)
);

-- CreateTable
CREATE TABLE "ruling_citation" (
    "rulingId" UUID NOT NULL,
    "ruleSlug" TEXT NOT NULL,
    "ruleId" UUID NOT NULL,
    "guidelineVersion" TEXT NOT NULL,
    "finding" TEXT NOT NULL,
    "reconciledAt" TIMESTAMPTZ(3),
    "reconciledById" UUID,

    CONSTRAINT "ruling_citation_pkey" PRIMARY KEY ("rulingId","ruleSlug"),
    CONSTRAINT ruling_citation_finding CHECK (finding IN ('kept', 'broken'))
);

-- CreateIndex
CREATE UNIQUE INDEX "ruling_reviewId_key" ON "ruling"("reviewId");
CREATE INDEX "ruling_projectId_createdAt_id_idx" ON "ruling"("projectId", "createdAt", "id");
CREATE INDEX "ruling_conversationId_idx" ON "ruling"("conversationId");
CREATE INDEX "ruling_overruledById_idx" ON "ruling"("overruledById");
CREATE INDEX "ruling_overrulerId_idx" ON "ruling"("overrulerId");
CREATE INDEX "ruling_citation_ruleSlug_idx" ON "ruling_citation"("ruleSlug");
CREATE INDEX "ruling_citation_ruleId_idx" ON "ruling_citation"("ruleId");
CREATE INDEX "ruling_citation_reconciledById_idx" ON "ruling_citation"("reconciledById");

-- AddForeignKey. Within a project NO ACTION is looked at last, so that a project goes as a whole.
ALTER TABLE "ruling" ADD CONSTRAINT "ruling_projectId_fkey" FOREIGN KEY ("projectId") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ruling" ADD CONSTRAINT "ruling_conversationId_fkey" FOREIGN KEY ("conversationId") REFERENCES "conversation"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ruling" ADD CONSTRAINT "ruling_reviewId_fkey" FOREIGN KEY ("reviewId") REFERENCES "review"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ruling" ADD CONSTRAINT "ruling_overruledById_fkey" FOREIGN KEY ("overruledById") REFERENCES "ruling"("id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE "ruling" ADD CONSTRAINT "ruling_overrulerId_fkey" FOREIGN KEY ("overrulerId") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "ruling_citation" ADD CONSTRAINT "ruling_citation_rulingId_fkey" FOREIGN KEY ("rulingId") REFERENCES "ruling"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ruling_citation" ADD CONSTRAINT "ruling_citation_ruleId_fkey" FOREIGN KEY ("ruleId") REFERENCES "rule"("id") ON DELETE NO ACTION ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE "ruling_citation" ADD CONSTRAINT "ruling_citation_reconciledById_fkey" FOREIGN KEY ("reconciledById") REFERENCES "user"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What was ruled stays as it was said; only its standing changes.
CREATE TRIGGER ruling_text_kept BEFORE UPDATE OF question, decision, reasons, "isGap", "reviewId", "conversationId", "createdAt" ON "ruling"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ruling_citation_kept BEFORE UPDATE OF "ruleSlug", "ruleId", "guidelineVersion", finding ON "ruling_citation"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
