import { z } from 'zod'
import { Assignment } from '#lib/domain/assignment.ts'
import { refuse } from '#lib/domain/errors.ts'
import { type ClaimedRow, leaseConversation } from './claim.ts'
import { endLease } from './lease.ts'
import { operation, type Tx } from './operation.ts'
import { type ConversationSubject, conversationSubject } from './subject.ts'
import { shape } from './work.ts'

/** The review lease of a conversation that is not over, in database time; one that is over is ended here, not by the next sweep. */
async function standingLease(tx: Tx, conversationId: string) {
  const [lease] = await tx.$queryRaw<(ClaimedRow & { version: number; assigneeId: string; isOver: boolean })[]>`
    SELECT *, "expiresAt" <= now() AS "isOver" FROM "assignment"
    WHERE "conversationId" = ${conversationId}::uuid AND kind = 'review' AND state = 'leased' FOR UPDATE`
  if (!lease?.isOver) return lease ?? null
  await endLease(tx, lease, 'expired')
  return null
}

/** A lease nobody could use is not given: what would refuse the verdict refuses here, before anybody reads. */
async function refuseUnjudgeable(tx: Tx, conversation: ConversationSubject, userId: string): Promise<void> {
  if (conversation.state !== 'submitted')
    refuse('illegal-transition', `This conversation is ${conversation.state}; only submitted ones are reviewed.`, { state: conversation.state })
  const revision = await tx.revision.findUniqueOrThrow({ where: { id: conversation.currentRevisionId ?? '' }, select: { id: true, editorId: true } })
  if (revision.editorId === userId) refuse('own-work-review', 'You edited this text yourself; somebody else must judge it.')
  const review = await tx.review.findFirst({ where: { revisionId: revision.id, reviewerId: userId, withdrawnAt: null }, select: { id: true } })
  if (review) refuse('already-reviewed', 'You judged this revision already. Withdraw that verdict to give another.', { reviewId: review.id })
}

export const claimReviewOf = operation('conversation:review', {
  name: 'claimReviewOf',
  route: {
    method: 'POST',
    path: '/conversations/{conversationId}/review-lease',
    summary: 'Take a submitted conversation into your hands to review it',
    description: 'Asking again gives the lease you hold. While somebody else holds it, the answer is lease-lost.',
    tags: ['work'],
  },
  input: z.strictObject({ conversationId: z.uuid() }),
  output: Assignment,
  subject: ({ tx, input }) => conversationSubject(tx, input.conversationId, { lock: true }),
  event: 'work.claimed',
  run: async ({ tx, actor, subject, note }) => {
    if (actor.kind !== 'person') return refuse('forbidden', 'Only a person claims work.')
    await refuseUnjudgeable(tx, subject, actor.userId)
    const held = await standingLease(tx, subject.id)
    if (held && held.assigneeId !== actor.userId) refuse('lease-lost', 'Somebody else is reviewing this now. Take the next one.')
    const who = { projectId: subject.projectId, userId: actor.userId, leaseMinutes: subject.leaseMinutes, except: [] }
    const lease = held ?? (await leaseConversation(tx, 'review', subject.id, who)) ?? refuse('lease-lost')
    note({ kind: 'review', assignmentId: lease.id, conversationId: subject.id })
    return shape(lease)
  },
})

export const reviewLeaseOperations = { claimReviewOf }
