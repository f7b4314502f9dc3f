import { z } from 'zod'
import { type Actor, personOf } from '#lib/domain/actor.ts'
import type { Judging } from '#lib/domain/assignment.ts'
import { ConversationState, DraftContent, Message } from '#lib/domain/conversation.ts'
import { refuse } from '#lib/domain/errors.ts'
import { barToReview, CommentInput, OUTCOME, Ratings, Verdict } from '#lib/domain/review.ts'
import { RulingInput } from '#lib/domain/ruling.ts'
import { requireChecks } from './check.ts'
import { applyOutcome, recordJudgement, requireJudgeable } from './judgement.ts'
import { takeSlot } from './lease.ts'
import { signConversation } from './near-duplicate.ts'
import { operation, type Tx } from './operation.ts'
import { requireTurns } from './require-turns.ts'
import { appendRevision, summaryOf } from './revision.ts'
import { type ConversationSubject, conversationSubject } from './subject.ts'
import { transition } from './transition.ts'

const Messages = z.array(Message)

/** The revision a verdict is about: the newest one, or the verdict is about a text that has changed since. */
async function judgedRevision(tx: Tx, conversation: ConversationSubject, revisionId: string) {
  if (conversation.currentRevisionId !== revisionId) {
    refuse('stale-version', 'There is a newer revision than the one you read. Reload and judge that one.', {
      currentRevisionId: conversation.currentRevisionId,
    })
  }
  const revision = await tx.revision.findUniqueOrThrow({ where: { id: revisionId } })
  return { ...revision, messages: Messages.parse(revision.messages) }
}

/** The conversation, locked, and its project as it is: neither the approvals it asks for nor its rules change under a verdict. */
async function judgedSubject(tx: Tx, conversationId: string, actor: Actor | null) {
  await tx.$queryRaw`SELECT 1 FROM "project" p JOIN "conversation" c ON c."projectId" = p.id WHERE c.id = ${conversationId}::uuid FOR SHARE OF p`
  return conversationSubject(tx, conversationId, actor, { lock: true })
}

/**
 * Ends the judge's lease; somebody else's live lease means the work is no longer theirs. Which of their own leases they read
 * under does not matter: the verdict names the revision that was read, so there is no newer work of theirs it could overwrite.
 */
async function finishLease(tx: Tx, kind: Judging, conversationId: string, reviewerId: string): Promise<void> {
  const [live] = await tx.$queryRaw<{ id: string; state: string; version: number; assigneeId: string }[]>`
    SELECT id, state, version, "assigneeId" FROM "assignment"
    WHERE "conversationId" = ${conversationId}::uuid AND kind = ${kind} AND state = 'leased' AND ("expiresAt" > now() OR "assigneeId" = ${reviewerId}::uuid)
    FOR UPDATE`
  if (!live) return
  if (live.assigneeId !== reviewerId) refuse('lease-lost', 'Somebody else is at this now. Copy what you wrote, then take the next one.')
  await transition(tx, 'assignment', live, 'done', { endedAt: new Date() })
}

const JudgementInput = z.strictObject({
  conversationId: z.uuid(),
  revisionId: z.uuid().describe('The revision that was read'),
  ratings: Ratings.default({}),
  flags: z.array(z.string().max(60)).max(30).default([]),
  summary: z.string().max(10_000).default(''),
  comments: z.array(CommentInput).max(200).default([]),
})

const Judged = z.object({ reviewId: z.uuid(), conversationId: z.uuid(), state: ConversationState, approvals: z.int(), requiredApprovals: z.int() })

export const submitReview = operation('conversation:review', {
  name: 'submitReview',
  route: {
    method: 'POST',
    path: '/conversations/{conversationId}/reviews',
    summary: 'Judge a submitted conversation',
    successStatus: 201,
    description:
      'request-changes and reject need a comment that cites a rule, escalate needs a summary or a comment. Nobody judges a text they wrote or edited.',
    tags: ['review'],
  },
  input: JudgementInput.extend({ verdict: Verdict }),
  output: Judged,
  subject: ({ tx, input, actor }) => judgedSubject(tx, input.conversationId, actor),
  event: 'conversation.reviewed',
  run: async ({ tx, input, actor, subject, note }) => {
    const { userId } = personOf(actor)
    requireJudgeable('review', subject)
    const revision = await judgedRevision(tx, subject, input.revisionId)
    if (barToReview(subject, userId) === 'own-work-review') refuse('own-work-review', 'You edited this text yourself; somebody else must judge it.')
    await finishLease(tx, 'review', subject.id, userId)
    const review = await recordJudgement(tx, subject, revision, { ...input, kind: 'review', reviewerId: userId })
    const approvals = subject.approvals + (input.verdict === 'approve' ? 1 : 0)
    const required = subject.requiredApprovals
    if (input.verdict === 'approve' && approvals < required) {
      await tx.conversation.update({ where: { id: subject.id }, data: { approvals, version: { increment: 1 }, updatedAt: new Date() } })
    } else {
      await applyOutcome(tx, subject, OUTCOME[input.verdict], { approvals })
    }
    note({ reviewId: review.id, revisionId: revision.id, verdict: input.verdict })
    const state = input.verdict === 'approve' && approvals < required ? ('submitted' as const) : OUTCOME[input.verdict]
    return { reviewId: review.id, conversationId: subject.id, state, approvals, requiredApprovals: required }
  },
})

export const adjudicateConversation = operation('conversation:adjudicate', {
  name: 'adjudicateConversation',
  route: {
    method: 'POST',
    path: '/conversations/{conversationId}/adjudications',
    summary: 'Decide an escalated conversation',
    successStatus: 201,
    description: 'Where the project has a guideline the decision needs a ruling that cites a rule, or names a gap. It becomes case law.',
    tags: ['review'],
  },
  input: JudgementInput.extend({ verdict: z.enum(['approve', 'reject']), ruling: RulingInput.optional() }),
  output: Judged,
  subject: ({ tx, input, actor }) => judgedSubject(tx, input.conversationId, actor),
  event: 'conversation.adjudicated',
  run: async ({ tx, input, actor, subject, note }) => {
    const { userId } = personOf(actor)
    requireJudgeable('adjudicate', subject)
    const revision = await judgedRevision(tx, subject, input.revisionId)
    await finishLease(tx, 'adjudicate', subject.id, userId)
    const review = await recordJudgement(tx, subject, revision, { ...input, kind: 'adjudication', reviewerId: userId })
    const approvals = subject.approvals + (input.verdict === 'approve' ? 1 : 0)
    await applyOutcome(tx, subject, OUTCOME[input.verdict], { approvals })
    note({ reviewId: review.id, revisionId: revision.id, verdict: input.verdict, rules: input.ruling?.rules ?? [] })
    return { reviewId: review.id, conversationId: subject.id, state: OUTCOME[input.verdict], approvals, requiredApprovals: 1 }
  },
})

export const fixConversation = operation('conversation:review', {
  name: 'fixConversation',
  route: {
    method: 'POST',
    path: '/conversations/{conversationId}/fixes',
    summary: 'Correct a submitted conversation in place',
    successStatus: 201,
    description: 'The result is a new revision with you as its editor; somebody else must judge it.',
    tags: ['review'],
  },
  input: z.strictObject({
    conversationId: z.uuid(),
    revisionId: z.uuid(),
    content: DraftContent,
    note: z.string().max(5000).default(''),
  }),
  output: z.object({ conversationId: z.uuid(), revisionId: z.uuid(), state: ConversationState }),
  subject: ({ tx, input, actor }) => conversationSubject(tx, input.conversationId, actor, { lock: true }),
  event: 'conversation.fixed',
  run: async ({ tx, input, actor, subject, note }) => {
    const { userId } = personOf(actor)
    if (subject.state !== 'submitted')
      refuse('illegal-transition', `This conversation is ${subject.state}; only submitted ones are fixed in review.`, { state: subject.state })
    const parent = await judgedRevision(tx, subject, input.revisionId)
    requireTurns(input.content.messages, { complete: true })
    await requireChecks(tx, subject, input.content)
    await finishLease(tx, 'review', subject.id, userId)
    const revision = await appendRevision(tx, {
      conversationId: subject.id,
      projectId: subject.projectId,
      parentId: parent.id,
      editorId: userId,
      kind: 'fixed',
      content: input.content,
      note: input.note,
      isLate: false,
    })
    await signConversation(tx, subject, input.content.messages)
    // Approvals are of a revision: those of the text before the fix do not count for it.
    await tx.conversation.update({
      where: { id: subject.id },
      data: {
        ...summaryOf(input.content.messages),
        currentRevisionId: revision.id,
        signedRevisionId: revision.id,
        approvals: 0,
        version: { increment: 1 },
        updatedAt: new Date(),
      },
    })
    note({ revisionId: revision.id, parentId: parent.id })
    return { conversationId: subject.id, revisionId: revision.id, state: 'submitted' as const }
  },
})

async function reviewSubject(tx: Tx, reviewId: string) {
  const review = await tx.review.findUnique({ where: { id: reviewId } })
  return review && { ...review, ownerId: review.reviewerId }
}

export const withdrawReview = operation('review:withdraw', {
  name: 'withdrawReview',
  route: {
    method: 'POST',
    path: '/reviews/{reviewId}/withdrawal',
    summary: 'Take back your own verdict, as long as nobody built on it',
    tags: ['review'],
  },
  input: z.strictObject({ reviewId: z.uuid() }),
  output: z.object({ reviewId: z.uuid(), conversationId: z.uuid(), state: ConversationState }),
  subject: ({ tx, input }) => reviewSubject(tx, input.reviewId),
  event: 'review.withdrawn',
  run: async ({ tx, actor, subject, note }) => {
    const conversation = (await conversationSubject(tx, subject.conversationId, actor, { lock: true })) ?? refuse('not-found')
    // Read under the lock: who asked at the same moment may have taken it back already.
    const review = await tx.review.findUniqueOrThrow({ where: { id: subject.id } })
    const verdict = Verdict.parse(review.verdict)
    const isCounted = verdict === 'approve' && conversation.state === 'submitted'
    const isCause = conversation.state === OUTCOME[verdict]
    const later = await tx.review.count({ where: { revisionId: review.revisionId, createdAt: { gt: review.createdAt }, withdrawnAt: null } })
    const frozen = await tx.snapshotRow.count({ where: { revisionId: review.revisionId } })
    if (review.withdrawnAt || conversation.currentRevisionId !== review.revisionId || later > 0 || frozen > 0 || !(isCounted || isCause)) {
      refuse('undo-expired', 'Others have built on this verdict since: the author went on, somebody judged after you, or it is in a snapshot.')
    }
    const holdsSlot = conversation.holdsSlot || (verdict === 'reject' && (await takeSlot(tx, conversation.promptId)))
    await tx.review.update({ where: { id: review.id }, data: { withdrawnAt: new Date() } })
    // What its ruling took the place of stands again.
    await tx.ruling.updateMany({
      where: { overruledBy: { reviewId: review.id } },
      data: { overruledById: null, overruledAt: null, overrulerId: null },
    })
    const approvals = conversation.approvals - (verdict === 'approve' ? 1 : 0)
    const patch = { approvals, holdsSlot, approvedAt: null, updatedAt: new Date() }
    const state = review.kind === 'adjudication' ? ('escalated' as const) : ('submitted' as const)
    if (isCause) await transition(tx, 'conversation', conversation, state, patch)
    else await tx.conversation.update({ where: { id: conversation.id }, data: { ...patch, version: { increment: 1 } } })
    const prompt = await tx.prompt.findUniqueOrThrow({ where: { id: conversation.promptId } })
    if (isCause && verdict === 'approve' && prompt.state === 'closed') await transition(tx, 'prompt', prompt, 'open')
    note({ conversationId: conversation.id, verdict })
    return { reviewId: review.id, conversationId: conversation.id, state }
  },
})

export const reviewOperations = { submitReview, adjudicateConversation, fixConversation, withdrawReview }
