import { z } from 'zod'
import { ConversationState } from '#lib/domain/conversation.ts'
import { Detail, detailOf } from './conversation-detail.ts'
import { listConversations } from './conversation-list.ts'
import { returnSlot } from './lease.ts'
import { operation } from './operation.ts'
import { conversationSubject } from './subject.ts'
import { transition } from './transition.ts'

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
  run: detailOf,
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
