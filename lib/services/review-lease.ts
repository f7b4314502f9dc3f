import { z } from 'zod'
import { personOf } from '#lib/domain/actor.ts'
import { Assignment, type Judging } from '#lib/domain/assignment.ts'
import { refuse } from '#lib/domain/errors.ts'
import { barToReview } from '#lib/domain/review.ts'
import { type ClaimedRow, leaseConversation } from './claim.ts'
import { requireReading } from './guideline-reading.ts'
import { requireJudgeable } from './judgement.ts'
import { endLease } from './lease.ts'
import { operation, type Run, type Tx } from './operation.ts'
import { type ConversationSubject, conversationSubject } from './subject.ts'
import { shape } from './work.ts'

/** The lease of this kind on a conversation that is not over, in database time; one that is over is ended here, not by the next sweep. */
async function standingLease(tx: Tx, kind: Judging, conversationId: string) {
  const [lease] = await tx.$queryRaw<(ClaimedRow & { version: number; assigneeId: string; isOver: boolean })[]>`
    SELECT *, "expiresAt" <= now() AS "isOver" FROM "assignment"
    WHERE "conversationId" = ${conversationId}::uuid AND kind = ${kind} AND state = 'leased' FOR UPDATE`
  if (!lease?.isOver) return lease ?? null
  await endLease(tx, lease, 'expired')
  return null
}

/** A lease nobody could use is not given: what would refuse the verdict refuses here, before anybody reads. */
function refuseUnjudgeable(kind: Judging, conversation: ConversationSubject, userId: string): void {
  requireJudgeable(kind, conversation)
  // Of an escalation the policy has said already that this person may decide it.
  const bar = kind === 'review' ? barToReview(conversation, userId) : null
  if (bar === 'own-work-review') refuse(bar, 'You edited this text yourself; somebody else must judge it.')
  if (bar) refuse(bar, 'You judged this revision already. Withdraw that verdict to give another.')
}

type Asked = Pick<Run<unknown, ConversationSubject>, 'tx' | 'actor' | 'subject' | 'note'>

async function takeLease(kind: Judging, { tx, actor, subject, note }: Asked) {
  const { userId } = personOf(actor)
  refuseUnjudgeable(kind, subject, userId)
  if (subject.requiresReading) await requireReading(tx, subject.projectId, userId)
  const held = await standingLease(tx, kind, subject.id)
  if (held && held.assigneeId !== userId) refuse('lease-lost', 'Somebody else is at this now. Take the next one.')
  const who = { projectId: subject.projectId, userId, leaseMinutes: subject.leaseMinutes, except: [] }
  const lease = held ?? (await leaseConversation(tx, kind, subject.id, who)) ?? refuse('lease-lost')
  note({ kind, assignmentId: lease.id, conversationId: subject.id })
  return shape(lease)
}

const AGAIN = 'Asking again gives the lease you hold. While somebody else holds it, the answer is lease-lost.'
const OneConversation = z.strictObject({ conversationId: z.uuid() })

export const claimReviewOf = operation('conversation:review', {
  name: 'claimReviewOf',
  route: {
    method: 'POST',
    path: '/conversations/{conversationId}/review-lease',
    summary: 'Take a submitted conversation into your hands to review it',
    description: AGAIN,
    tags: ['work'],
  },
  input: OneConversation,
  output: Assignment,
  subject: ({ tx, input, actor }) => conversationSubject(tx, input.conversationId, actor, { lock: true }),
  event: 'work.claimed',
  run: (asked) => takeLease('review', asked),
})

export const claimAdjudicationOf = operation('conversation:adjudicate', {
  name: 'claimAdjudicationOf',
  route: {
    method: 'POST',
    path: '/conversations/{conversationId}/adjudication-lease',
    summary: 'Take an escalated conversation into your hands to decide it',
    description: AGAIN,
    tags: ['work'],
  },
  input: OneConversation,
  output: Assignment,
  subject: ({ tx, input, actor }) => conversationSubject(tx, input.conversationId, actor, { lock: true }),
  event: 'work.claimed',
  run: (asked) => takeLease('adjudicate', asked),
})

export const reviewLeaseOperations = { claimReviewOf, claimAdjudicationOf }
