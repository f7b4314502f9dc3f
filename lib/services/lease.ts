import type { StateOf } from '#lib/domain/machine.ts'
import { auditByWorker } from './audit.ts'
import type { Tx } from './operation.ts'
import { transact } from './transaction.ts'
import { transition } from './transition.ts'

type Lease = { id: string; state: string; version: number; kind: string; conversationId: string | null }

/** Puts a slot back; the prompt is open again for others. */
export async function returnSlot(tx: Tx, promptId: string): Promise<void> {
  const prompt = await tx.prompt.update({ where: { id: promptId }, data: { openSlots: { increment: 1 } } })
  if (prompt.state === 'closed') await transition(tx, 'prompt', prompt, 'open')
}

/** Takes a slot if one is free. */
export async function takeSlot(tx: Tx, promptId: string): Promise<boolean> {
  const taken = await tx.$executeRaw`UPDATE "prompt" SET "openSlots" = "openSlots" - 1 WHERE id = ${promptId}::uuid AND "openSlots" > 0`
  return taken === 1
}

/**
 * Ends a lease without a submission. Nothing written: the conversation goes, as if it had never been handed out. Something
 * written: the text stays its author's draft, and only the slot goes back to the queue.
 */
export async function endLease(
  tx: Tx,
  lease: Lease,
  to: Exclude<StateOf<'assignment'>, 'leased' | 'done'>,
  patch: Record<string, unknown> = {},
): Promise<void> {
  await transition(tx, 'assignment', lease, to, { ...patch, endedAt: new Date() })
  if (lease.kind !== 'write' || !lease.conversationId) return
  const conversation = await tx.conversation.findUnique({ where: { id: lease.conversationId }, include: { draft: { select: { version: true } } } })
  if (conversation?.state !== 'draft') return
  const isUntouched = conversation.currentRevisionId === null && (conversation.draft?.version ?? 0) === 0
  if (isUntouched) await tx.conversation.delete({ where: { id: conversation.id } })
  // A returned conversation keeps its slot: it is its author's to finish, not anybody's.
  if (conversation.currentRevisionId !== null && to !== 'skipped') return
  if (!isUntouched) await tx.conversation.update({ where: { id: conversation.id }, data: { holdsSlot: false } })
  if (conversation.holdsSlot) await returnSlot(tx, conversation.promptId)
}

/** Ends leases whose time is over, in database time; the worker calls it every few seconds. Returns how many it ended. */
export async function expireLeases(limit = 200): Promise<number> {
  return transact(async (tx) => {
    const due = await tx.$queryRaw<(Lease & { projectId: string })[]>`
      SELECT id, state, version, kind, "conversationId", "projectId" FROM "assignment"
      WHERE state = 'leased' AND "expiresAt" < now() ORDER BY "expiresAt" LIMIT ${limit} FOR UPDATE SKIP LOCKED`
    for (const lease of due) {
      await endLease(tx, lease, 'expired')
      await auditByWorker(tx, {
        projectId: lease.projectId,
        event: 'assignment.expired',
        job: 'leases.expire',
        action: 'assignment:hold',
        subjectId: lease.id,
      })
    }
    return due.length
  })
}
