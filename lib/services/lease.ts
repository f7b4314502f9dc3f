import type { StateOf } from '#lib/domain/machine.ts'
import { auditByWorker } from './audit.ts'
import type { Tx } from './operation.ts'
import { transact } from './transaction.ts'
import { transition } from './transition.ts'

type Lease = { id: string; state: string; version: number; kind: string; conversationId: string | null }

/** How long a draft is kept in which nothing was written before its lease ended. */
const LAPSED_KEPT_DAYS = 7

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

/** The conversation of a lease and its draft, locked in the order in which submitting locks them: a save cannot come in between. */
async function lockWritten(tx: Tx, conversationId: string) {
  await tx.$queryRaw`SELECT 1 FROM "conversation" WHERE id = ${conversationId}::uuid FOR UPDATE`
  await tx.$queryRaw`SELECT 1 FROM "draft" WHERE "conversationId" = ${conversationId}::uuid FOR UPDATE`
  return tx.conversation.findUnique({ where: { id: conversationId }, include: { draft: { select: { version: true } } } })
}

/**
 * Ends a lease without a submission. Something written: the text stays its author's draft, and only the slot goes back to the
 * queue. Nothing written: passed on or given back, the conversation goes, as if it had never been handed out; when the time ran
 * out, somebody may still be reading it, so it stays open to its author and only leaves the lists.
 */
export async function endLease(
  tx: Tx,
  lease: Lease,
  to: Exclude<StateOf<'assignment'>, 'leased' | 'done'>,
  patch: Record<string, unknown> = {},
): Promise<void> {
  const conversation = lease.kind === 'write' && lease.conversationId ? await lockWritten(tx, lease.conversationId) : null
  await transition(tx, 'assignment', lease, to, { ...patch, endedAt: new Date() })
  if (conversation?.state !== 'draft') return
  const isFirstRound = conversation.currentRevisionId === null
  const isUntouched = isFirstRound && (conversation.draft?.version ?? 0) === 0
  // A returned conversation keeps its slot: it is its author's to finish, not anybody's.
  if (!isFirstRound && to !== 'skipped') return
  if (isUntouched && to !== 'expired') await tx.conversation.delete({ where: { id: conversation.id } })
  else await tx.conversation.update({ where: { id: conversation.id }, data: { holdsSlot: false, lapsedAt: isUntouched ? new Date() : null } })
  if (conversation.holdsSlot) await returnSlot(tx, conversation.promptId)
}

type Due = { projectId?: string; conversationId?: string; limit?: number }

/**
 * Ends leases whose time is over, in database time. A claim does it for what stands in its own way, so that work never waits for
 * the worker. Rows in somebody's hands are left for later. Returns how many it ended.
 */
export async function expireDue(tx: Tx, { projectId, conversationId, limit = 200 }: Due = {}): Promise<number> {
  const [project, one] = [projectId ?? null, conversationId ?? null]
  // Conversations before leases, as everywhere else: nobody then waits for the other in a circle.
  const locked = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM "conversation" WHERE id IN (
      SELECT "conversationId" FROM "assignment" WHERE state = 'leased' AND kind = 'write' AND "expiresAt" < now()
        AND (${project}::uuid IS NULL OR "projectId" = ${project}::uuid) AND (${one}::uuid IS NULL OR "conversationId" = ${one}::uuid)
      ORDER BY "expiresAt" LIMIT ${limit}) FOR UPDATE SKIP LOCKED`
  const due = await tx.$queryRaw<(Lease & { projectId: string })[]>`
    SELECT id, state, version, kind, "conversationId", "projectId" FROM "assignment"
    WHERE state = 'leased' AND "expiresAt" < now()
      AND (${project}::uuid IS NULL OR "projectId" = ${project}::uuid) AND (${one}::uuid IS NULL OR "conversationId" = ${one}::uuid)
      AND (kind <> 'write' OR "conversationId" IS NULL OR "conversationId" = ANY (${locked.map(({ id }) => id)}::uuid[]))
    ORDER BY "expiresAt" LIMIT ${limit} FOR UPDATE SKIP LOCKED`
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
}

/** The sweep over all projects; the worker calls it every few seconds. */
export async function expireLeases(): Promise<number> {
  return transact((tx) => expireDue(tx))
}

/**
 * Deletes drafts that lapsed days ago and are still untouched. Draft and conversation are locked: a first save that comes at the
 * same time has either been seen here, or finds the draft gone and says so.
 */
export async function deleteLapsed(limit = 200): Promise<number> {
  return transact(
    (tx) => tx.$executeRaw`
      DELETE FROM "conversation" WHERE id IN (
        SELECT c.id FROM "conversation" c JOIN "draft" d ON d."conversationId" = c.id
        WHERE c."lapsedAt" < now() - make_interval(days => ${LAPSED_KEPT_DAYS}::int) AND c.state = 'draft' AND c."currentRevisionId" IS NULL AND d.version = 0
          AND NOT EXISTS (SELECT 1 FROM "assignment" a WHERE a."conversationId" = c.id AND a.state = 'leased')
        ORDER BY c."lapsedAt" LIMIT ${limit} FOR UPDATE OF c, d SKIP LOCKED)`,
  )
}
