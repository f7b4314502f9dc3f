import type { Actor, Subject } from '#lib/domain/actor.ts'
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

export async function projectSubject(tx: Tx, projectId: string) {
  const project = await tx.project.findUnique({ where: { id: projectId } })
  return project && { ...project, projectId: project.id }
}

/** The conversation, locked against other writers when `lock` is set. Knows its author and everybody who edited or judged it. */
export async function conversationSubject(tx: Tx, conversationId: string, { lock = false } = {}) {
  if (lock) await tx.$queryRaw`SELECT 1 FROM "conversation" WHERE id = ${conversationId}::uuid FOR UPDATE`
  const conversation = await tx.conversation.findUnique({
    where: { id: conversationId },
    include: { reviews: { select: { reviewerId: true } }, revisions: { select: { editorId: true } }, project: true },
  })
  if (!conversation) return null
  const { reviews, revisions, ...row } = conversation
  return { ...row, involvedIds: [...reviews.map((review) => review.reviewerId), ...revisions.map((revision) => revision.editorId)] }
}
export type ConversationSubject = NonNullable<Awaited<ReturnType<typeof conversationSubject>>>

export async function assignmentSubject(tx: Tx, assignmentId: string) {
  const assignment = await tx.assignment.findUnique({ where: { id: assignmentId } })
  return assignment && { ...assignment, ownerId: assignment.assigneeId }
}
