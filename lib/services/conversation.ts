import { z } from 'zod'
import { Assignment, AssignmentKind } from '#lib/domain/assignment.ts'
import { listOf, Time } from '#lib/domain/bounds.ts'
import { Acknowledgement } from '#lib/domain/check/acknowledgement.ts'
import { ConversationState, Message, Tool } from '#lib/domain/conversation.ts'
import { refuse } from '#lib/domain/errors.ts'
import { mayMove } from '#lib/domain/machine.ts'
import { barToReview, Ratings, Severity, Verdict } from '#lib/domain/review.ts'
import { storedState } from '#lib/domain/state-schema.ts'
import type { Prisma } from '#lib/generated/prisma/client.ts'
import { returnSlot } from './lease.ts'
import { operation, type Tx } from './operation.ts'
import { pageOf } from './page.ts'
import { type ConversationSubject, conversationSubject, projectSubject } from './subject.ts'
import { transition } from './transition.ts'

const Item = z.object({
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

/** Somebody in this conversation. Names are for managers and for oneself; everybody else reads a letter, the same each time. */
const Who = z.object({ alias: z.string(), name: z.string().nullable(), isSelf: z.boolean() })

const Detail = Item.extend({
  projectId: z.uuid(),
  version: z.int(),
  holdsSlot: z.boolean(),
  requiredApprovals: z.int(),
  guidelineVersion: z.string().nullable(),
  author: Who,
  prompt: z.object({
    id: z.uuid(),
    externalId: z.string().nullable(),
    category: z.string(),
    language: z.string(),
    tags: z.array(z.string()),
    source: z.string(),
    licence: z.string(),
    instructions: z.string(),
    messages: z.array(Message),
    tools: z.array(Tool),
  }),
  revisions: z.array(
    z.object({
      id: z.uuid(),
      number: z.int(),
      kind: z.string(),
      editor: Who,
      note: z.string(),
      contentHash: z.string(),
      isLate: z.boolean(),
      createdAt: z.date(),
      messages: z.array(Message),
      tools: z.array(Tool),
      acknowledgements: z.array(Acknowledgement).describe('Reasons its editor gave for what checks found'),
    }),
  ),
  reviews: z.array(
    z.object({
      id: z.uuid(),
      revisionId: z.uuid(),
      kind: z.string(),
      reviewer: Who,
      verdict: Verdict,
      ratings: Ratings,
      flags: z.array(z.string()),
      summary: z.string(),
      createdAt: z.date(),
      withdrawnAt: z.date().nullable(),
      comments: z.array(
        z.object({
          id: z.uuid(),
          messageId: z.string().nullable(),
          rangeStart: z.int().nullable(),
          rangeEnd: z.int().nullable(),
          quote: z.string(),
          body: z.string(),
          suggestion: z.string().nullable(),
          severity: Severity,
          ruleSlug: z.string().nullable(),
          isGap: z.boolean().describe('The guideline has no rule for it yet'),
          guidelineVersion: z.string().nullable(),
          resolvedAt: z.date().nullable(),
          createdAt: z.date(),
        }),
      ),
    }),
  ),
  snapshots: z.array(
    z.object({ id: z.uuid(), name: z.string(), split: z.string(), builds: z.array(z.object({ id: z.uuid(), state: storedState('build') })) }),
  ),
  assignment: Assignment.nullable().describe('The lease you hold on it'),
  abilities: z.object({ write: z.boolean(), review: z.boolean(), adjudicate: z.boolean(), withdraw: z.boolean(), renew: z.boolean() }),
})

/** Gives every person of one conversation a letter in order of appearance, and a name where the reader may know it. */
async function namer(tx: Tx, ids: readonly string[], readerId: string | null, maySeeNames: boolean) {
  const order = [...new Set(ids)]
  const users = await tx.user.findMany({ where: { id: { in: order } }, select: { id: true, name: true, email: true } })
  const names = new Map(users.map((user) => [user.id, user.name ?? user.email]))
  return (id: string): z.input<typeof Who> => ({
    alias: String.fromCharCode(65 + (order.indexOf(id) % 26)),
    name: maySeeNames || id === readerId ? (names.get(id) ?? null) : null,
    isSelf: id === readerId,
  })
}

async function detailRows(tx: Tx, subject: ConversationSubject, readerId: string | null, seesUse: boolean) {
  const conversationId = subject.id
  const prompt = await tx.prompt.findUniqueOrThrow({ where: { id: subject.promptId } })
  const revisions = await tx.revision.findMany({ where: { conversationId }, orderBy: { number: 'asc' } })
  const reviews = await tx.review.findMany({
    where: { conversationId },
    orderBy: { createdAt: 'asc' },
    include: { comments: { orderBy: { createdAt: 'asc' } } },
  })
  const rows = seesUse
    ? await tx.snapshotRow.findMany({
        where: { conversationId },
        include: { snapshot: { select: { id: true, name: true, builds: { select: { id: true, state: true } } } } },
      })
    : []
  const lease = readerId
    ? await tx.assignment.findFirst({ where: { conversationId, assigneeId: readerId, state: 'leased' }, orderBy: { fencingToken: 'desc' } })
    : null
  const guideline = subject.guidelineVersionId
    ? await tx.guidelineVersion.findUnique({ where: { id: subject.guidelineVersionId }, select: { version: true } })
    : null
  return { prompt, revisions, reviews, rows, lease, guideline }
}

export const getConversation = operation('conversation:read', {
  name: 'getConversation',
  route: {
    method: 'GET',
    path: '/conversations/{conversationId}',
    summary: 'A conversation with its revisions, reviews and use',
    tags: ['conversations'],
  },
  input: z.strictObject({ conversationId: z.uuid() }),
  output: Detail,
  subject: ({ tx, input, actor }) => conversationSubject(tx, input.conversationId, actor),
  run: async ({ tx, actor, subject, may }) => {
    const readerId = actor.kind === 'person' ? actor.userId : null
    const seesUse = may('snapshot:read')
    const { prompt, revisions, reviews, rows, lease, guideline } = await detailRows(tx, subject, readerId, seesUse)
    const involved = [subject.authorId, ...subject.involvedIds, ...reviews.map((review) => review.reviewerId)]
    const who = await namer(tx, involved, readerId, may('conversation:see-names'))
    const isOpen = subject.state === 'draft' || subject.state === 'changes-requested'
    return {
      ...subject,
      isOwn: subject.authorId === readerId,
      guidelineVersion: guideline?.version ?? null,
      author: who(subject.authorId),
      prompt: { ...prompt, messages: z.array(Message).parse(prompt.messages), tools: z.array(Tool).parse(prompt.tools) },
      revisions: revisions.map((revision) => ({
        ...revision,
        editor: who(revision.editorId),
        messages: z.array(Message).parse(revision.messages),
        tools: z.array(Tool).parse(revision.tools),
        acknowledgements: z.array(Acknowledgement).parse(revision.acknowledgements),
      })),
      reviews: reviews.map((review) => ({
        ...review,
        reviewer: who(review.reviewerId),
        verdict: Verdict.parse(review.verdict),
        ratings: Ratings.parse(review.ratings),
        comments: review.comments.map((comment) => ({ ...comment, severity: Severity.parse(comment.severity) })),
      })),
      snapshots: rows.map(({ snapshot, split }) => ({ id: snapshot.id, name: snapshot.name, split, builds: snapshot.builds })),
      assignment: lease && { ...lease, kind: AssignmentKind.parse(lease.kind), state: 'leased' as const, fencingToken: Number(lease.fencingToken) },
      abilities: {
        write: isOpen && may('conversation:submit'),
        review: subject.state === 'submitted' && may('conversation:review') && (readerId === null || barToReview(subject, readerId) === null),
        adjudicate: subject.state === 'escalated' && may('conversation:adjudicate'),
        withdraw: mayMove('conversation', ConversationState.parse(subject.state), 'withdrawn') && may('conversation:withdraw'),
        renew: subject.state === 'stale' && may('conversation:renew'),
      },
    }
  },
})

export const withdrawConversation = operation('conversation:withdraw', {
  name: 'withdrawConversation',
  route: {
    method: 'POST',
    path: '/conversations/{conversationId}/withdrawal',
    summary: 'Take a conversation out of the data; snapshots that hold it stay as they are',
    tags: ['conversations'],
  },
  input: z.strictObject({ conversationId: z.uuid(), reason: z.string().min(1).max(2000) }),
  output: z.object({
    conversationId: z.uuid(),
    state: ConversationState,
    snapshots: z.array(z.object({ id: z.uuid(), name: z.string() })).describe('Frozen snapshots that hold it'),
  }),
  subject: ({ tx, input, actor }) => conversationSubject(tx, input.conversationId, actor, { lock: true }),
  event: 'conversation.withdrawn',
  run: async ({ tx, input, subject, note }) => {
    await transition(tx, 'conversation', subject, 'withdrawn', { holdsSlot: false, updatedAt: new Date() })
    const leases = await tx.assignment.findMany({ where: { conversationId: subject.id, state: 'leased' } })
    for (const lease of leases) await transition(tx, 'assignment', lease, 'released', { endedAt: new Date() })
    if (subject.holdsSlot) await returnSlot(tx, subject.promptId)
    const rows = await tx.snapshotRow.findMany({ where: { conversationId: subject.id }, select: { snapshot: { select: { id: true, name: true } } } })
    note({ reason: input.reason })
    return { conversationId: subject.id, state: 'withdrawn' as const, snapshots: rows.map((row) => row.snapshot) }
  },
})

export const conversationOperations = { listConversations, getConversation, withdrawConversation }
