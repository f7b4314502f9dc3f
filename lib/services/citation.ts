import type { Prisma } from '#lib/generated/prisma/client.ts'

/** Conversations with a standing citation of one of these rules: in a comment, or in the ruling that decided them. */
export const citing = (slugs: string[]): Prisma.ConversationWhereInput => ({
  OR: [
    { comments: { some: { ruleSlug: { in: slugs }, review: { withdrawnAt: null } } } },
    { rulings: { some: { citations: { some: { ruleSlug: { in: slugs } } }, review: { withdrawnAt: null } } } },
  ],
})
