import { Prisma } from '#lib/generated/prisma/client.ts'

/** Within a statement: the standing citations of a project's rules, by slug and conversation, each once: in a comment, or in the ruling that decided it. */
export const standingCitations = (projectId: string) => Prisma.sql`(
  SELECT k."ruleSlug" AS slug, k."conversationId" FROM "comment" k JOIN "review" v ON v.id = k."reviewId"
    WHERE v."projectId" = ${projectId}::uuid AND v."withdrawnAt" IS NULL AND k."ruleSlug" IS NOT NULL
  UNION
  SELECT n."ruleSlug", r."conversationId" FROM "ruling_citation" n JOIN "ruling" r ON r.id = n."rulingId" JOIN "review" v ON v.id = r."reviewId"
    WHERE r."projectId" = ${projectId}::uuid AND v."withdrawnAt" IS NULL)`

/** Within a statement: the ids of conversations with a standing citation of one of these rules. */
export const citing = (projectId: string, slugs: readonly string[]) => Prisma.sql`
  (SELECT s."conversationId" FROM ${standingCitations(projectId)} s WHERE s.slug = ANY(${[...slugs]}::text[]))`

/** What a verdict `v` finds wrong by which rule: in its comments, and in the ruling it may be (there without a `severity`). */
export const CITED_AGAINST = Prisma.sql`
  SELECT m."ruleSlug" AS slug, m.severity FROM "comment" m WHERE m."reviewId" = v.id AND m."ruleSlug" IS NOT NULL
  UNION ALL
  SELECT k."ruleSlug", NULL FROM "ruling" g JOIN "ruling_citation" k ON k."rulingId" = g.id WHERE g."reviewId" = v.id AND k.finding = 'broken'`
