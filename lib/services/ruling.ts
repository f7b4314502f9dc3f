import { z } from 'zod'
import { creatorOf } from '#lib/domain/actor.ts'
import { PlainText } from '#lib/domain/plain-text.ts'
import { RuleFinding, Ruling } from '#lib/domain/ruling.ts'
import type { Prisma } from '#lib/generated/prisma/client.ts'
import { operation, type Run, type Tx } from './operation.ts'
import { afterPlace, cursorOf, pageOf, placeOf } from './page.ts'
import { projectSubject } from './subject.ts'

/** A ruling stands with its adjudication, until another takes its place. */
export const STANDING = { overruledById: null, review: { withdrawnAt: null } } satisfies Prisma.RulingWhereInput

const PERSON = { select: { name: true, email: true } }
/** What a ruling is shown with. */
export const WITH_ALL = {
  citations: { orderBy: { ruleSlug: 'asc' } },
  review: { select: { withdrawnAt: true, reviewer: PERSON } },
  conversation: { select: { authorId: true } },
  overruler: PERSON,
} satisfies Prisma.RulingInclude
type Row = Prisma.RulingGetPayload<{ include: typeof WITH_ALL }>

type Cited = { citations: readonly { ruleSlug: string; guidelineVersion: string; finding: string }[] }

/** The rules a ruling reads, each as it stood then. */
export const citedIn = ({ citations }: Cited): z.input<typeof Ruling>['rules'] =>
  citations.map(({ ruleSlug, guidelineVersion, finding }) => ({ slug: ruleSlug, version: guidelineVersion, finding: RuleFinding.parse(finding) }))

const nameOf = (person: { name: string | null; email: string } | null) => (person ? (person.name ?? person.email) : null)

/** A ruling as this reader may see it: its words are everybody's, names and the way to the conversation are not. */
export function shapeRuling(row: Row, { actor, may }: Pick<Run<unknown, unknown>, 'actor' | 'may'>): z.input<typeof Ruling> {
  const seesNames = may('conversation:see-names')
  const seesConversation = may('conversation:read-all') || row.conversation.authorId === creatorOf(actor)
  return {
    ...row,
    rules: citedIn(row),
    decidedBy: seesNames ? nameOf(row.review.reviewer) : null,
    conversationId: seesConversation ? row.conversationId : null,
    overruled:
      row.overruledById && row.overruledAt
        ? { byId: row.overruledById, at: row.overruledAt, overruler: seesNames ? nameOf(row.overruler) : null }
        : null,
  }
}

/** Every word occurs, in whatever part; words of Chinese are searched as they stand, as among rules. */
const saying = (text: string): Prisma.RulingWhereInput[] =>
  text
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => {
      // LIKE has two signs of its own.
      const contains = { contains: word.replace(/[\\%_]/g, '\\$&'), mode: 'insensitive' as const }
      return { OR: [{ question: contains }, { decision: contains }, { reasons: contains }, { citations: { some: { ruleSlug: contains } } }] }
    })

export const listRulings = operation('guideline:read', {
  name: 'listRulings',
  route: {
    method: 'GET',
    path: '/projects/{projectId}/rulings',
    summary: 'Search the case law: what adjudications said for cases to come, newest first',
    description: 'Rulings of adjudications that were taken back are none. Keyset pages: pass nextCursor as cursor.',
    tags: ['guideline'],
  },
  input: z.strictObject({
    projectId: z.uuid(),
    text: PlainText.max(200).optional().describe('Words that all occur in question, decision, reasons or rules'),
    rule: z.string().max(200).optional().describe('Slug of a rule it reads, of any version of the guideline'),
    gap: z.boolean().optional().describe('Only those for which no rule fitted'),
    standing: z.boolean().optional().describe('Only those that no other ruling has taken the place of'),
    cursor: z.string().max(100).optional(),
    limit: z.int().min(1).max(100).default(20),
    withTotal: z.boolean().default(false),
  }),
  output: z.object({ items: z.array(Ruling), nextCursor: z.string().nullable(), total: z.int().nullable() }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, input, actor, subject, may }) => {
    const where: Prisma.RulingWhereInput = {
      projectId: subject.id,
      review: { withdrawnAt: null },
      ...(input.standing ? STANDING : {}),
      ...(input.rule ? { citations: { some: { ruleSlug: input.rule } } } : {}),
      ...(input.gap ? { isGap: true } : {}),
      ...(input.text ? { AND: saying(input.text) } : {}),
    }
    const rows = await tx.ruling.findMany({
      where: afterPlace<Prisma.RulingWhereInput>(where, placeOf(input.cursor), true, (createdAt, id) => ({
        createdAt,
        ...(id === undefined ? {} : { id }),
      })),
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      include: WITH_ALL,
      take: input.limit + 1,
    })
    const { items, last } = pageOf(rows, input.limit)
    return {
      items: items.map((row) => shapeRuling(row, { actor, may })),
      nextCursor: last ? cursorOf({ at: last.createdAt, id: last.id }) : null,
      total: input.withTotal ? await tx.ruling.count({ where }) : null,
    }
  },
})

/** A ruling; one whose adjudication was taken back was never made. */
export async function rulingSubject(tx: Tx, rulingId: string) {
  return tx.ruling.findFirst({ where: { id: rulingId, review: { withdrawnAt: null } }, include: WITH_ALL })
}

export const getRuling = operation('guideline:read', {
  name: 'getRuling',
  route: { method: 'GET', path: '/rulings/{rulingId}', summary: 'A ruling of the case law', tags: ['guideline'] },
  input: z.strictObject({ rulingId: z.uuid() }),
  output: Ruling,
  subject: ({ tx, input }) => rulingSubject(tx, input.rulingId),
  run: async ({ actor, subject, may }) => shapeRuling(subject, { actor, may }),
})

export const rulingOperations = { listRulings, getRuling }
