import { z } from 'zod'
import { Int4 } from '#lib/domain/bounds.ts'
import { ConversationState, DraftContent } from '#lib/domain/conversation.ts'
import { refuse } from '#lib/domain/errors.ts'
import { requireChecks } from './check.ts'
import { takeSlot } from './lease.ts'
import { signConversation } from './near-duplicate.ts'
import { operation, type Tx } from './operation.ts'
import { requireTurns } from './require-turns.ts'
import { appendRevision, summaryOf } from './revision.ts'
import { conversationSubject } from './subject.ts'
import { together } from './transaction.ts'
import { transition } from './transition.ts'

type Lease = { id: string; state: string; version: number; fencingToken: bigint; isOver: boolean }

/** The author's newest write lease, locked. */
async function findLease(tx: Tx, conversationId: string, assigneeId: string): Promise<Lease | null> {
  const [lease] = await tx.$queryRaw<Lease[]>`
    SELECT id, state, version, "fencingToken", "expiresAt" < now() AS "isOver" FROM "assignment"
    WHERE "conversationId" = ${conversationId}::uuid AND "assigneeId" = ${assigneeId}::uuid AND kind = 'write'
    ORDER BY "fencingToken" DESC LIMIT 1 FOR UPDATE`
  return lease ?? null
}

function requireNewestLease(lease: Lease | null, fencingToken: number | undefined): void {
  if (!lease || fencingToken === undefined || BigInt(fencingToken) === lease.fencingToken) return
  refuse('lease-lost', 'You opened this work again elsewhere since; submit from there, or reload here. Your text is kept.')
}

/** Did the work come after its lease had ended, in database time? */
const cameLate = (lease: Lease | null): boolean => lease !== null && (lease.state === 'expired' || (lease.state === 'leased' && lease.isOver))

async function finishLease(tx: Tx, lease: Lease | null): Promise<void> {
  if (lease?.state === 'leased' || lease?.state === 'expired') await transition(tx, 'assignment', lease, 'done', { endedAt: new Date() })
}

/** Removes the draft this submission continues; a refusal anywhere later brings it back with the transaction. */
async function takeDraft(tx: Tx, conversationId: string, baseVersion: number): Promise<void> {
  const taken = await tx.$executeRaw`DELETE FROM "draft" WHERE "conversationId" = ${conversationId}::uuid AND version = ${baseVersion}`
  if (taken === 1) return
  const draft = (await tx.draft.findUnique({ where: { conversationId } })) ?? refuse('not-found', 'This conversation has no draft.')
  refuse('stale-version', 'This conversation was edited elsewhere. Both texts are kept: choose or merge them, then submit.', {
    version: draft.version,
    savedAt: draft.updatedAt,
    content: draft.content,
  })
}

export const submitConversation = operation('conversation:submit', {
  name: 'submitConversation',
  route: {
    method: 'POST',
    path: '/conversations/{conversationId}/submissions',
    summary: 'Submit a conversation for review',
    successStatus: 201,
    description:
      'The text becomes an immutable revision. Work that comes after its lease ended is kept: it takes the slot back, or stays as an extra candidate. Send an Idempotency-Key to repeat safely.',
    tags: ['write'],
  },
  input: z.strictObject({
    conversationId: z.uuid(),
    baseVersion: Int4.min(0).describe('The draft version this text continues'),
    content: DraftContent,
    note: z.string().max(5000).default('').describe('A word to the reviewer'),
    fencingToken: z.int().optional(),
  }),
  output: z.object({
    conversationId: z.uuid(),
    revisionId: z.uuid(),
    revisionNumber: z.int(),
    contentHash: z.string(),
    state: ConversationState,
    isLate: z.boolean(),
    isExtra: z.boolean().describe('The prompt had its answers already; this one is kept beside them'),
  }),
  subject: ({ tx, input, actor }) => conversationSubject(tx, input.conversationId, actor, { lock: true }),
  event: 'conversation.submitted',
  run: async ({ tx, input, subject, note }) => {
    if (subject.state !== 'draft') refuse('illegal-transition', `This conversation is ${subject.state} already.`, { state: subject.state })
    // Statements that need nothing of each other travel together.
    const [, lease] = await together([takeDraft(tx, subject.id, input.baseVersion), findLease(tx, subject.id, subject.authorId)])
    requireTurns(input.content.messages, { complete: true })
    await requireChecks(tx, subject, input.content)
    requireNewestLease(lease, input.fencingToken)
    const isLate = cameLate(lease)
    const [holdsSlot, revision] = await together([
      subject.holdsSlot || takeSlot(tx, subject.promptId),
      appendRevision(tx, {
        conversationId: subject.id,
        projectId: subject.projectId,
        parentId: subject.currentRevisionId,
        editorId: subject.authorId,
        kind: 'authored',
        content: input.content,
        note: input.note,
        isLate,
      }),
      finishLease(tx, lease),
      signConversation(tx, subject, input.content.messages),
    ])
    const now = new Date()
    await transition(tx, 'conversation', subject, 'submitted', {
      ...summaryOf(input.content.messages),
      currentRevisionId: revision.id,
      signedRevisionId: revision.id,
      guidelineVersionId: revision.guidelineVersionId,
      round: subject.round + 1,
      approvals: 0,
      holdsSlot,
      lapsedAt: null,
      submittedAt: now,
      updatedAt: now,
    })
    note({ revisionId: revision.id, contentHash: revision.contentHash, isLate })
    return {
      conversationId: subject.id,
      revisionId: revision.id,
      revisionNumber: revision.number,
      contentHash: revision.contentHash,
      state: 'submitted' as const,
      isLate,
      isExtra: !holdsSlot,
    }
  },
})

export const submissionOperations = { submitConversation }
