import { Prisma } from '#lib/generated/prisma/client.ts'

/** Conversations with a standing citation of one of these rules: in a comment, or in the ruling that decided them. */
export const citing = (slugs: string[]): Prisma.ConversationWhereInput => ({
  OR: [
    { comments: { some: { ruleSlug: { in: slugs }, review: { withdrawnAt: null } } } },
    { rulings: { some: { citations: { some: { ruleSlug: { in: slugs } } }, review: { withdrawnAt: null } } } },
  ],
})

/** What a verdict `v` finds wrong by which rule: in its comments, and in the ruling it may be (there without a `severity`). */
export const CITED_AGAINST = Prisma.sql`
  SELECT m."ruleSlug" AS slug, m.severity FROM "comment" m WHERE m."reviewId" = v.id AND m."ruleSlug" IS NOT NULL
  UNION ALL
  SELECT k."ruleSlug", NULL FROM "ruling" g JOIN "ruling_citation" k ON k."rulingId" = g.id WHERE g."reviewId" = v.id AND k.finding = 'broken'`
