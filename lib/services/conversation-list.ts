import { z } from 'zod'
import { listOf } from '#lib/domain/bounds.ts'
import { ConversationState } from '#lib/domain/conversation.ts'
import { storedState } from '#lib/domain/state-schema.ts'
import type { Prisma } from '#lib/generated/prisma/client.ts'
import { operation } from './operation.ts'
import { afterPlace, cursorOf, pageOf, placeOf } from './page.ts'
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
    const rows = await tx.conversation.findMany({
      where: afterPlace<Prisma.ConversationWhereInput>(where, placeOf(input.cursor), descending, (updatedAt, id) => ({
        updatedAt,
        ...(id === undefined ? {} : { id }),
      })),
      orderBy: [{ updatedAt: direction }, { id: direction }],
      take: input.limit + 1,
    })
    const { items, last } = pageOf(rows, input.limit)
    return {
      items: items.map((row) => ({ ...row, isOwn: row.authorId === userId })),
      nextCursor: last ? cursorOf({ at: last.updatedAt, id: last.id }) : null,
      total: input.withTotal ? await tx.conversation.count({ where }) : null,
    }
  },
})
