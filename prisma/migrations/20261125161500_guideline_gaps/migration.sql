-- A remark for which the guideline has no rule yet: it stands in for the citation a verdict owes, and is listed for managers.
-- AlterTable
ALTER TABLE "comment" ADD COLUMN "isGap" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "comment" ADD CONSTRAINT comment_gap_or_rule CHECK (NOT ("isGap" AND "ruleSlug" IS NOT NULL));
CREATE INDEX comment_gap ON "comment" ("createdAt") WHERE "isGap";

-- The same text under a newer guideline, to be judged again, is a revision of its own.
ALTER TABLE "revision" DROP CONSTRAINT revision_kind;
ALTER TABLE "revision" ADD CONSTRAINT revision_kind CHECK (kind IN ('authored', 'fixed', 'renewed'));
