import type { SnapshotQuery } from '#lib/domain/snapshot.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import type { Tx } from './transaction.ts'

/** An approved conversation with the text that was approved. */
export type CandidateRow = {
  conversationId: string
  revisionId: string
  promptId: string
  contentHash: string
  authorId: string
  category: string
  language: string
  turns: number
  characters: number
  guidelineVersion: string | null
}

const AND = (condition: Prisma.Sql | false | undefined) => (condition ? Prisma.sql`AND ${condition}` : Prisma.empty)

/** Approved conversations that match, by id: the order every snapshot of the same work has. */
export async function listCandidates(tx: Tx, projectId: string, query: SnapshotQuery, limit?: number): Promise<CandidateRow[]> {
  return tx.$queryRaw<CandidateRow[]>`
    SELECT c.id AS "conversationId", r.id AS "revisionId", c."promptId", r."contentHash", c."authorId", c.category, c.language, c.turns, c.characters,
      g.version AS "guidelineVersion"
    FROM "conversation" c JOIN "revision" r ON r.id = c."currentRevisionId" LEFT JOIN "guideline_version" g ON g.id = r."guidelineVersionId"
    WHERE c."projectId" = ${projectId}::uuid AND c.state = 'approved'
      ${AND(query.categories && Prisma.sql`c.category = ANY (${query.categories})`)}
      ${AND(query.languages && Prisma.sql`c.language = ANY (${query.languages})`)}
      ${AND(query.tags && Prisma.sql`c.tags && ${query.tags}::text[]`)}
      ${AND(query.excludeTags && Prisma.sql`NOT c.tags && ${query.excludeTags}::text[]`)}
      ${AND(query.approvedFrom !== undefined && Prisma.sql`c."approvedAt" >= ${query.approvedFrom}::timestamptz`)}
      ${AND(query.approvedTo !== undefined && Prisma.sql`c."approvedAt" < ${query.approvedTo}::timestamptz`)}
    ORDER BY c.id ${limit === undefined ? Prisma.empty : Prisma.sql`LIMIT ${limit}`}`
}

/** Why the other conversations of the project are not taken: their state, or that the query leaves them out. */
export async function countUnapproved(tx: Tx, projectId: string, taken: number): Promise<Record<string, number>> {
  const groups = await tx.conversation.groupBy({ by: ['state'], where: { projectId }, _count: { _all: true } })
  const counts: Record<string, number> = {}
  for (const { state, _count } of groups) {
    if (state !== 'approved') counts[state] = _count._all
    else if (_count._all > taken) counts['not-matching'] = _count._all - taken
  }
  return counts
}
