import { z } from 'zod'
import { ConversationState, DraftContent } from '#lib/domain/conversation.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { citing } from './citation.ts'
import { operation, type Tx } from './operation.ts'
import { appendRevision } from './revision.ts'
import { type ConversationSubject, conversationSubject, projectSubject } from './subject.ts'
import { transition } from './transition.ts'

const NOTE = 'Judged again under a newer guideline; the text is the same.'

/**
 * Sends a stale conversation to review again. Its text becomes a revision of its own under the newest guideline: verdicts are of
 * a revision, so those of the old one stay as history, and whoever gave them may judge again.
 */
async function renew(tx: Tx, conversation: ConversationSubject): Promise<void> {
  const parent = await tx.revision.findUniqueOrThrow({ where: { id: conversation.currentRevisionId ?? '' } })
  const revision = await appendRevision(tx, {
    conversationId: conversation.id,
    projectId: conversation.projectId,
    parentId: parent.id,
    editorId: parent.editorId,
    kind: 'renewed',
    content: DraftContent.parse({ messages: parent.messages, tools: parent.tools, acknowledgements: parent.acknowledgements }),
    note: NOTE,
    isLate: false,
  })
  const now = new Date()
  await transition(tx, 'conversation', conversation, 'submitted', {
    currentRevisionId: revision.id,
    // The same text has the same keys.
    ...(conversation.signedRevisionId === parent.id ? { signedRevisionId: revision.id } : {}),
    guidelineVersionId: revision.guidelineVersionId,
    approvals: 0,
    approvedAt: null,
    submittedAt: now,
    updatedAt: now,
  })
}

export const renewConversation = operation('conversation:renew', {
  name: 'renewConversation',
  route: {
    method: 'POST',
    path: '/conversations/{conversationId}/renewal',
    summary: 'Send a stale conversation to review again, under the newest guideline',
    tags: ['review'],
  },
  input: z.strictObject({ conversationId: z.uuid() }),
  output: z.object({ conversationId: z.uuid(), state: ConversationState }),
  subject: ({ tx, input, actor }) => conversationSubject(tx, input.conversationId, actor, { lock: true }),
  event: 'conversation.renewed',
  run: async ({ tx, subject }) => {
    await renew(tx, subject)
    return { conversationId: subject.id, state: 'submitted' as const }
  },
})

/** One call stays a short transaction; whoever has more to send calls again. */
const MAX_AT_ONCE = 200

export const renewConversations = operation('conversation:renew', {
  name: 'renewConversations',
  route: {
    method: 'POST',
    path: '/projects/{projectId}/renewals',
    summary: 'Send stale conversations to review again, oldest first',
    description: `At most ${MAX_AT_ONCE} a call; \`left\` says how many are still stale. With \`rules\` only those whose standing reviews cite one of them.`,
    tags: ['review'],
  },
  input: z.strictObject({ projectId: z.uuid(), rules: z.array(z.string().max(200)).max(1000).optional() }),
  output: z.object({ renewed: z.int(), left: z.int() }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  event: 'conversations.renewed',
  run: async ({ tx, input, actor, subject, note }) => {
    const cited = input.rules ? Prisma.sql`AND id IN ${citing(subject.id, input.rules)}` : Prisma.empty
    const stale = Prisma.sql`FROM "conversation" WHERE "projectId" = ${subject.id}::uuid AND state = 'stale' ${cited}`
    const rows = await tx.$queryRaw<{ id: string }[]>`SELECT id ${stale} ORDER BY "updatedAt", id LIMIT ${MAX_AT_ONCE}`
    let renewed = 0
    for (const { id } of rows) {
      const conversation = await conversationSubject(tx, id, actor, { lock: true })
      if (conversation?.state !== 'stale') continue
      await renew(tx, conversation)
      renewed++
    }
    note({ renewed, ...(input.rules ? { rules: input.rules } : {}) })
    const [{ left } = { left: 0 }] = await tx.$queryRaw<{ left: number }[]>`SELECT count(*)::int AS left ${stale}`
    return { renewed, left }
  },
})

export const renewalOperations = { renewConversation, renewConversations }
