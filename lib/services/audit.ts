import { type Actor, SYSTEM } from '#lib/domain/actor.ts'
import type { Action } from '#lib/domain/policy.ts'
import { currentRequestId } from '#lib/request-id.ts'
import type { Tx } from './operation.ts'

/** The chain of events that belong to no project. */
export const INSTANCE_CHAIN = '00000000-0000-0000-0000-000000000000'

export type AuditRecord = {
  projectId: string | null
  event: string
  operation: string
  action: string
  actor: Actor | null
  subjectId: string | null
  requestId: string
  via: string
  data: Record<string, unknown>
}

/**
 * Appends to the project's hash chain when the transaction commits: a deferred trigger numbers and chains the event then, so
 * that the chain's head is held for the commit alone.
 */
export async function appendAudit(tx: Tx, record: AuditRecord): Promise<void> {
  const actorId = record.actor?.kind === 'person' ? record.actor.userId : null
  await tx.$executeRaw`
    INSERT INTO "audit_pending" ("chainId", event, operation, action, "actorId", "subjectId", "requestId", via, data)
    VALUES (${record.projectId ?? INSTANCE_CHAIN}::uuid, ${record.event}, ${record.operation}, ${record.action}, ${actorId}::uuid,
      ${record.subjectId}, ${record.requestId}, ${record.via}, ${JSON.stringify(record.data)}::jsonb)`
}

type Work = { projectId: string; event: `${string}.${string}`; job: string; action: Action; subjectId: string; data?: Record<string, unknown> }

/** Records what the worker did, under the id of the request that asked for it. `job` names the job or the repeated task. */
export const auditByWorker = (tx: Tx, { projectId, event, job, action, subjectId, data = {} }: Work): Promise<void> =>
  appendAudit(tx, {
    projectId,
    event,
    operation: job,
    action,
    actor: SYSTEM,
    subjectId,
    requestId: currentRequestId() ?? 'worker',
    via: 'worker',
    data,
  })
