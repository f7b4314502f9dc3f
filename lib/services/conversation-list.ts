import { z } from 'zod'
import { listOf, Time } from '#lib/domain/bounds.ts'
import { ConversationState } from '#lib/domain/conversation.ts'
import { refuse } from '#lib/domain/errors.ts'
import { storedState } from '#lib/domain/state-schema.ts'
import type { Prisma } from '#lib/generated/prisma/client.ts'
import { operation } from './operation.ts'
import { pageOf } from './page.ts'
import { projectSubject } from './subject.ts'

/** A conversation as lists show it. */
export const Item = z.object({
  id: z.uuid(),
  promptId: z.uuid(),
  state: storedState('conversation'),
  round: z.int(),
  category: z.string(),
  language: z.string(),
  tags: z.array(z.string()),
  firstUserText: z.string(),
  turns: z.int(),
  characters: z.int(),
  approvals: z.int(),
  currentRevisionId: z.uuid().nullable(),
  submittedAt: z.date().nullable(),
  approvedAt: z.date().nullable(),
  createdAt: z.date(),
  updatedAt: z.date(),
  isOwn: z.boolean(),
})

/** A place in a list ordered by (updatedAt, id): what a keyset page starts after. */
const Cursor = z.codec(z.string(), z.object({ at: Time, id: z.uuid() }), {
  decode: (text) => ({ at: new Date(Number(text.slice(0, text.indexOf('.')))), id: text.slice(text.indexOf('.') + 1) }),
  encode: ({ at, id }) => `${at.getTime()}.${id}`,
})

export const listConversations = operation('conversation:list', {
  name: 'listConversations',
  route: {
    method: 'GET',
    path: '/projects/{projectId}/conversations',
    summary: 'List conversations, newest change first',
    description: 'Labellers see their own. Pages are keyset pages: pass nextCursor as cursor.',
    tags: ['conversations'],
  },
  input: z.strictObject({
    projectId: z.uuid(),
    state: listOf(ConversationState).optional(),
    category: z.string().optional(),
    language: z.string().optional(),
    text: z.string().max(200).optional().describe('Part of the first user message'),
    rule: z.string().max(200).optional().describe('Slug of a rule that a comment cites'),
    mine: z.boolean().default(false),
    order: z.enum(['newest', 'oldest']).default('newest'),
    cursor: z.string().max(100).optional(),
    limit: z.int().min(1).max(200).default(50),
    withTotal: z.boolean().default(false),
  }),
  output: z.object({ items: z.array(Item), nextCursor: z.string().nullable(), total: z.int().nullable() }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, input, actor, subject, may }) => {
    const userId = actor.kind === 'person' ? actor.userId : null
    const seesAll = may('conversation:read-all')
    const where: Prisma.ConversationWhereInput = {
      projectId: subject.id,
      lapsedAt: null,
      ...(input.state ? { state: { in: input.state } } : {}),
      ...(input.category ? { category: input.category } : {}),
      ...(input.language ? { language: input.language } : {}),
      ...(input.text ? { firstUserText: { contains: input.text, mode: 'insensitive' } } : {}),
      ...(input.rule ? { comments: { some: { ruleSlug: input.rule } } } : {}),
      ...(userId && (input.mine || !seesAll) ? { authorId: userId } : {}),
    }
    const descending = input.order === 'newest'
    const direction = descending ? 'desc' : 'asc'
    const after = input.cursor === undefined ? null : Cursor.safeDecode(input.cursor)
    if (after && !after.success)
      refuse('invalid-input', 'The cursor is not one this list gave.', { issues: [{ path: 'cursor', message: 'unknown' }] })
    const bound = after?.data
    const rows = await tx.conversation.findMany({
      where: bound
        ? {
            AND: [
              where,
              // Says nothing new, but is what the index can start from.
              { updatedAt: descending ? { lte: bound.at } : { gte: bound.at } },
              {
                OR: [
                  { updatedAt: descending ? { lt: bound.at } : { gt: bound.at } },
                  { updatedAt: bound.at, id: descending ? { lt: bound.id } : { gt: bound.id } },
                ],
              },
            ],
          }
        : where,
      orderBy: [{ updatedAt: direction }, { id: direction }],
      take: input.limit + 1,
    })
    const { items, last } = pageOf(rows, input.limit)
    return {
      items: items.map((row) => ({ ...row, isOwn: row.authorId === userId })),
      nextCursor: last ? Cursor.encode({ at: last.updatedAt, id: last.id }) : null,
      total: input.withTotal ? await tx.conversation.count({ where }) : null,
    }
  },
})
