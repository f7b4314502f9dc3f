import type { Actor, ProjectRole, Subject } from '#lib/domain/actor.ts'
import { type Conversation, Prisma, type Project } from '#lib/generated/prisma/client.ts'
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

/** Within a statement: the actor's roles in the project `p`, so that the policy needs no statement of its own. */
const actorRoles = (actor: Actor | null) => Prisma.sql`
  coalesce((SELECT m.roles FROM "membership" m WHERE m."projectId" = p.id AND m."userId" = ${actor?.kind === 'person' ? actor.userId : null}::uuid), '{}')`

type WithRoles = { actorRoles: ProjectRole[] }

/** Likewise, what the actor is good at. */
const actorSkills = (actor: Actor | null) => Prisma.sql`
  coalesce((SELECT m.skills FROM "membership" m WHERE m."projectId" = p.id AND m."userId" = ${actor?.kind === 'person' ? actor.userId : null}::uuid), '{}')`

/** The project itself. */
export async function projectSubject(tx: Tx, projectId: string, actor: Actor | null) {
  const [project] = await tx.$queryRaw<(Project & WithRoles & { actorSkills: string[] })[]>`
    SELECT p.*, ${actorRoles(actor)} AS "actorRoles", ${actorSkills(actor)} AS "actorSkills" FROM "project" p WHERE p.id = ${projectId}::uuid`
  return project ? { ...project, projectId: project.id } : null
}

type ConversationRow = Conversation &
  Pick<Project, 'leaseMinutes' | 'requiredApprovals' | 'requiresReading'> &
  WithRoles & {
    projectChecks: unknown
    projectLanguage: string
    /** Everybody who wrote one of its revisions. */
    editorIds: string[]
    /** Those whose verdict on the newest revision stands. */
    standingReviewerIds: string[]
    involvedIds: string[]
  }

/** The conversation, locked against other writers when `lock` is set. Knows its author and everybody who edited or judged it; who took back a decision decides afresh. */
export async function conversationSubject(tx: Tx, conversationId: string, actor: Actor | null, { lock = false } = {}) {
  // A statement of its own, though nobody waits for it: what the next one reads must be what the one we queued for left behind.
  const locked = lock && tx.$queryRaw`SELECT 1 FROM "conversation" WHERE id = ${conversationId}::uuid FOR UPDATE`
  const loaded = tx.$queryRaw<ConversationRow[]>`
    SELECT c.*, p."leaseMinutes", p."requiredApprovals", p."requiresReading", p.checks AS "projectChecks", p.language AS "projectLanguage", ${actorRoles(actor)} AS "actorRoles",
      ARRAY(SELECT DISTINCT "editorId" FROM "revision" WHERE "conversationId" = c.id) AS "editorIds",
      ARRAY(SELECT "reviewerId" FROM "review" WHERE "revisionId" = c."currentRevisionId" AND "withdrawnAt" IS NULL) AS "standingReviewerIds",
      ARRAY(SELECT "reviewerId" FROM "review" WHERE "conversationId" = c.id AND NOT (kind = 'adjudication' AND "withdrawnAt" IS NOT NULL)
        UNION SELECT "editorId" FROM "revision" WHERE "conversationId" = c.id) AS "involvedIds"
    FROM "conversation" c JOIN "project" p ON p.id = c."projectId" WHERE c.id = ${conversationId}::uuid`
  const [[row]] = await Promise.all([loaded, locked])
  return row ?? null
}
export type ConversationSubject = ConversationRow

/** A lease, owned by whoever holds it. */
export async function assignmentSubject(tx: Tx, assignmentId: string) {
  const assignment = await tx.assignment.findUnique({ where: { id: assignmentId } })
  return assignment && { ...assignment, ownerId: assignment.assigneeId }
}
