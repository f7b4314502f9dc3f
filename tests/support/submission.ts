import type { Person } from '#lib/domain/actor.ts'
import { getConversation } from '#lib/services/conversation.ts'
import { getDraft } from '#lib/services/draft.ts'
import { invoke } from '#lib/services/operation.ts'
import { submitReview } from '#lib/services/review.ts'
import { submitConversation } from '#lib/services/submission.ts'
import { claimWork } from '#lib/services/work.ts'
import { as, buildGuideline, buildProject, buildPrompt, buildSubmission, join } from './world.ts'

/** A project with one submitted conversation, its author, a reviewer and what a verdict on it needs. */
export async function openSubmission(settings: Parameters<typeof buildProject>[0] = {}) {
  const project = await buildProject(settings)
  await buildGuideline(project.id)
  await buildPrompt(project.id)
  const author = await join(project.id, 'labeller')
  const reviewer = await join(project.id, 'reviewer')
  const submission = await buildSubmission(project.id, author, 'The capital of Ruritania is Strelsau.')
  const messageId = async () =>
    (await invoke(getConversation, { conversationId: submission.conversationId }, as(reviewer))).revisions.at(-1)?.messages.at(-1)?.id ?? ''
  const verdict = { conversationId: submission.conversationId, revisionId: submission.revisionId }
  return { project, author, reviewer, submission, verdict, messageId }
}

/** The same, escalated by the reviewer, with a manager who may decide it. */
export async function openEscalation(settings: Parameters<typeof buildProject>[0] = {}) {
  const open = await openSubmission(settings)
  await invoke(submitReview, { ...open.verdict, verdict: 'escalate', summary: 'Is this harmful?' }, as(open.reviewer))
  return { ...open, judge: await join(open.project.id, 'manager') }
}

/** The author's next round, with the text as it was. */
export async function resubmit(projectId: string, author: Person) {
  const conversationId = (await invoke(claimWork, { projectId }, as(author))).conversationId ?? ''
  const draft = await invoke(getDraft, { conversationId }, as(author))
  return invoke(submitConversation, { conversationId, baseVersion: draft.version, content: draft.content }, as(author))
}

/** A comment on the start of a message that cites the guideline's one rule. */
export const cited = (messageId: string) => ({
  messageId,
  rangeStart: 0,
  rangeEnd: 11,
  body: 'Nobody can know this.',
  severity: 'major' as const,
  rule: 'truthful/unknown',
})
