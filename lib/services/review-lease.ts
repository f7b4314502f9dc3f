import { z } from 'zod'
import { personOf } from '#lib/domain/actor.ts'
import { Assignment } from '#lib/domain/assignment.ts'
import { refuse } from '#lib/domain/errors.ts'
import { barToReview } from '#lib/domain/review.ts'
import { type ClaimedRow, leaseConversation } from './claim.ts'
import { requireReading } from './guideline-reading.ts'
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
function refuseUnjudgeable(conversation: ConversationSubject, userId: string): void {
  if (conversation.state !== 'submitted')
    refuse('illegal-transition', `This conversation is ${conversation.state}; only submitted ones are reviewed.`, { state: conversation.state })
  const bar = barToReview(conversation, userId)
  if (bar === 'own-work-review') refuse(bar, 'You edited this text yourself; somebody else must judge it.')
  if (bar) refuse(bar, 'You judged this revision already. Withdraw that verdict to give another.')
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
  subject: ({ tx, input, actor }) => conversationSubject(tx, input.conversationId, actor, { lock: true }),
  event: 'work.claimed',
  run: async ({ tx, actor, subject, note }) => {
    const { userId } = personOf(actor)
    refuseUnjudgeable(subject, userId)
    if (subject.requiresReading) await requireReading(tx, subject.projectId, userId)
    const held = await standingLease(tx, subject.id)
    if (held && held.assigneeId !== userId) refuse('lease-lost', 'Somebody else is reviewing this now. Take the next one.')
    const who = { projectId: subject.projectId, userId, leaseMinutes: subject.leaseMinutes, except: [] }
    const lease = held ?? (await leaseConversation(tx, 'review', subject.id, who)) ?? refuse('lease-lost')
    note({ kind: 'review', assignmentId: lease.id, conversationId: subject.id })
    return shape(lease)
  },
})

export const reviewLeaseOperations = { claimReviewOf }
