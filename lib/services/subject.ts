import type { Actor, Subject } from '#lib/domain/actor.ts'
import type { Conversation, Project } from '#lib/generated/prisma/client.ts'
import type { Tx } from './operation.ts'

/** Loaders of the rows operations are about. Each takes what the policy needs from the row itself. */

/** The instance, for what belongs to no project. */
export const instanceSubject = (): Subject => ({ id: 'instance', projectId: null })

/** The signed-in person. */
export const selfSubject = (actor: Actor | null): Subject => ({
  id: actor?.kind === 'person' ? actor.userId : 'nobody',
  projectId: null,
  ...(actor?.kind === 'person' ? { ownerId: actor.userId } : {}),
})

/** The project itself. */
export async function projectSubject(tx: Tx, projectId: string) {
  const project = await tx.project.findUnique({ where: { id: projectId } })
  return project && { ...project, projectId: project.id }
}

type ConversationRow = Conversation &
  Pick<Project, 'leaseMinutes' | 'requiredApprovals'> & {
    /** Everybody who wrote one of its revisions. */
    editorIds: string[]
    /** Those whose verdict on the newest revision stands. */
    standingReviewerIds: string[]
    involvedIds: string[]
  }

/** The conversation, locked against other writers when `lock` is set. Knows its author and everybody who edited or judged it; who took back a decision decides afresh. */
export async function conversationSubject(tx: Tx, conversationId: string, { lock = false } = {}) {
  // A statement of its own: what the next one reads must be what the one we waited for left behind.
  if (lock) await tx.$queryRaw`SELECT 1 FROM "conversation" WHERE id = ${conversationId}::uuid FOR UPDATE`
  const [row] = await tx.$queryRaw<ConversationRow[]>`
    SELECT c.*, p."leaseMinutes", p."requiredApprovals",
      ARRAY(SELECT DISTINCT "editorId" FROM "revision" WHERE "conversationId" = c.id) AS "editorIds",
      ARRAY(SELECT "reviewerId" FROM "review" WHERE "revisionId" = c."currentRevisionId" AND "withdrawnAt" IS NULL) AS "standingReviewerIds",
      ARRAY(SELECT "reviewerId" FROM "review" WHERE "conversationId" = c.id AND NOT (kind = 'adjudication' AND "withdrawnAt" IS NOT NULL)
        UNION SELECT "editorId" FROM "revision" WHERE "conversationId" = c.id) AS "involvedIds"
    FROM "conversation" c JOIN "project" p ON p.id = c."projectId" WHERE c.id = ${conversationId}::uuid`
  return row ?? null
}
export type ConversationSubject = ConversationRow

/** A lease, owned by whoever holds it. */
export async function assignmentSubject(tx: Tx, assignmentId: string) {
  const assignment = await tx.assignment.findUnique({ where: { id: assignmentId } })
  return assignment && { ...assignment, ownerId: assignment.assigneeId }
}
