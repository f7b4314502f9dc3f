import { z } from 'zod'
import { creatorOf, personOf } from '#lib/domain/actor.ts'
import { refuse } from '#lib/domain/errors.ts'
import { PlainText } from '#lib/domain/plain-text.ts'
import { Severity } from '#lib/domain/review.ts'
import { type NameOf, namesIn, Who } from './conversation-people.ts'
import { operation, type Tx } from './operation.ts'
import { afterPlace, cursorOf, pageOf, placeOf } from './page.ts'
import { conversationSubject } from './subject.ts'

const Reply = z.object({
  id: z.uuid(),
  by: Who,
  isByAuthor: z.boolean().describe('Said by who wrote the conversation'),
  body: z.string(),
  createdAt: z.date(),
})

/** A remark with what was said below it. */
export const Comment = z.object({
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
  replies: z.array(Reply),
})

/** Replies that one comment takes; what is longer is a matter for a meeting, and a page must hold it. */
const MOST_REPLIES = 30

/** Comments in the order their reviewer gave them, with their replies. */
export const IN_ORDER = {
  orderBy: [{ createdAt: 'asc' as const }, { id: 'asc' as const }],
  include: { replies: { orderBy: [{ createdAt: 'asc' as const }, { id: 'asc' as const }] } },
}

type ReplyRow = { id: string; authorId: string; body: string; createdAt: Date }
const shapeReply = (row: ReplyRow, authorId: string, nameOf: NameOf): z.input<typeof Reply> => ({
  ...row,
  by: nameOf(row.authorId),
  isByAuthor: row.authorId === authorId,
})

/** A comment as its readers see it; `authorId` is whose conversation it is about. */
export const shapeComment = <Row extends { severity: string; replies: readonly ReplyRow[] }>(row: Row, authorId: string, nameOf: NameOf) => ({
  ...row,
  severity: Severity.parse(row.severity),
  replies: row.replies.map((reply) => shapeReply(reply, authorId, nameOf)),
})

export const listComments = operation('conversation:read', {
  name: 'listComments',
  route: {
    method: 'GET',
    path: '/conversations/{conversationId}/comments',
    summary: 'Comments of standing verdicts on a conversation, oldest first, with their replies',
    description: 'Keyset pages: pass nextCursor as cursor. With `reviewId` those of one verdict, also of one that was taken back.',
    tags: ['review'],
  },
  input: z.strictObject({
    conversationId: z.uuid(),
    reviewId: z.uuid().optional(),
    cursor: z.string().max(100).optional(),
    limit: z.int().min(1).max(200).default(50),
  }),
  output: z.object({ items: z.array(Comment.extend({ reviewId: z.uuid() })), nextCursor: z.string().nullable() }),
  subject: ({ tx, input, actor }) => conversationSubject(tx, input.conversationId, actor),
  run: async ({ tx, input, actor, subject, may }) => {
    const { reviewId } = input
    const where = { conversationId: subject.id, ...(reviewId === undefined ? { review: { withdrawnAt: null } } : { reviewId }) }
    const rows = await tx.comment.findMany({
      ...IN_ORDER,
      where: afterPlace<object>(where, placeOf(input.cursor), false, (createdAt, id) => ({ createdAt, ...(id === undefined ? {} : { id }) })),
      take: input.limit + 1,
    })
    const nameOf = await namesIn(tx, subject, { id: creatorOf(actor), seesNames: may('conversation:see-names') })
    const { items, last } = pageOf(rows, input.limit)
    return {
      items: items.map((row) => shapeComment(row, subject.authorId, nameOf)),
      nextCursor: last ? cursorOf({ at: last.createdAt, id: last.id }) : null,
    }
  },
})

async function commentSubject(tx: Tx, commentId: string) {
  const comment = await tx.comment.findUnique({
    where: { id: commentId },
    include: { conversation: { select: { id: true, projectId: true, authorId: true, state: true } }, review: true },
  })
  return (
    comment && {
      id: comment.id,
      projectId: comment.conversation.projectId,
      authorId: comment.conversation.authorId,
      ownerId: comment.review.reviewerId,
      conversation: comment.conversation,
      isTakenBack: comment.review.withdrawnAt !== null,
    }
  )
}

export const resolveComment = operation('comment:resolve', {
  name: 'resolveComment',
  route: { method: 'POST', path: '/comments/{commentId}/resolution', summary: 'Mark a comment as dealt with, or open it again', tags: ['review'] },
  input: z.strictObject({ commentId: z.uuid(), resolved: z.boolean().default(true) }),
  output: z.object({ commentId: z.uuid(), resolvedAt: z.date().nullable() }),
  subject: ({ tx, input }) => commentSubject(tx, input.commentId),
  event: 'comment.resolved',
  run: async ({ tx, input, actor, subject, note }) => {
    const resolvedAt = input.resolved ? new Date() : null
    const resolvedById = input.resolved ? creatorOf(actor) : null
    await tx.comment.update({ where: { id: subject.id }, data: { resolvedAt, resolvedById } })
    note({ resolved: input.resolved })
    return { commentId: subject.id, resolvedAt }
  },
})

export const replyToComment = operation('comment:reply', {
  name: 'replyToComment',
  route: {
    method: 'POST',
    path: '/comments/{commentId}/replies',
    summary: 'Say something below a comment; it stays as it is sent',
    successStatus: 201,
    tags: ['review'],
  },
  input: z.strictObject({ commentId: z.uuid(), body: PlainText.trim().min(1).max(2000) }),
  output: Reply,
  subject: async ({ tx, input }) => {
    // Those who reply at the same moment are counted one after the other.
    await tx.$queryRaw`SELECT 1 FROM "comment" WHERE id = ${input.commentId}::uuid FOR UPDATE`
    return commentSubject(tx, input.commentId)
  },
  event: 'comment.replied',
  run: async ({ tx, input, actor, subject, may, note }) => {
    const { userId } = personOf(actor)
    const { conversation } = subject
    if (subject.isTakenBack) refuse('illegal-transition', 'The verdict of this comment was taken back; there is nothing to answer.')
    if (conversation.state === 'withdrawn') refuse('illegal-transition', 'This conversation was withdrawn; nobody works on it any more.')
    if ((await tx.commentReply.count({ where: { commentId: subject.id } })) >= MOST_REPLIES) {
      refuse('invalid-input', `This comment has ${MOST_REPLIES} replies and takes no more. Talk it over, then say the outcome in the text.`, {
        issues: [{ path: 'body', message: `there are ${MOST_REPLIES} replies already` }],
      })
    }
    const reply = await tx.commentReply.create({ data: { commentId: subject.id, authorId: userId, body: input.body } })
    note({ conversationId: conversation.id, replyId: reply.id })
    return shapeReply(reply, conversation.authorId, await namesIn(tx, conversation, { id: userId, seesNames: may('conversation:see-names') }))
  },
})

export const commentOperations = { listComments, resolveComment, replyToComment }
