import { db } from '#lib/db.ts'
import { openFindings } from '#lib/domain/check/open-findings.ts'
import { makeChecker } from '#lib/domain/check/run.ts'
import { DraftContent } from '#lib/domain/conversation.ts'
import type { CommentInput } from '#lib/domain/review.ts'
import { withdrawConversation } from '#lib/services/conversation.ts'
import { saveDraft } from '#lib/services/draft.ts'
import { invoke } from '#lib/services/operation.ts'
import { createPrompt } from '#lib/services/prompt.ts'
import { adjudicateConversation, submitReview } from '#lib/services/review.ts'
import { submitConversation } from '#lib/services/submission.ts'
import { claimWork, resumeWork } from '#lib/services/work.ts'
import { DEMO_CHECKS, type DemoConversation, type DemoPrompt, type DemoReview, messagesOf, type Turn, toolsOf } from './content.ts'
import { as, type Cast } from './people.ts'

/** Above every shipped priority, so that the next claim takes exactly this prompt. */
const AT_ONCE = 1_000_000

export async function addPrompt(projectId: string, prompt: DemoPrompt, cast: Cast, priority = prompt.priority): Promise<string> {
  const { messages, tools: _tools, ...rest } = prompt
  const made = await invoke(createPrompt, { ...rest, projectId, priority, messages: messagesOf(messages), tools: toolsOf(prompt) }, as(cast.engineer))
  return made.id
}

const contentOf = (prompt: DemoPrompt, turns: readonly Turn[]): DraftContent =>
  DraftContent.parse({ messages: messagesOf(turns), tools: toolsOf(prompt) })

/** The text as its author sends it in, with their reasons for what the checks say. */
function answered(content: DraftContent, { prompt, reasons }: DemoConversation): DraftContent {
  const found = openFindings(makeChecker({ ...DEMO_CHECKS, language: prompt.language })(content), [])
  const acknowledgements = found.flatMap(({ check, at, quote }) =>
    reasons[check] ? [{ check, message: at.message, quote, reason: reasons[check] }] : [],
  )
  return acknowledgements.length > 0 ? { ...content, acknowledgements } : content
}

function commentsOf(review: DemoReview, content: DraftContent): CommentInput[] {
  return review.comments.map(({ messageIndex, quote, body, ruleSlug, severity, suggestion }) => {
    const message = content.messages[messageIndex]
    const rangeStart = message?.content.indexOf(quote) ?? -1
    if (!message || rangeStart < 0) throw new Error(`the demo comment “${body.slice(0, 40)}” quotes what message ${messageIndex} does not say`)
    const range = quote === '' ? {} : { rangeStart, rangeEnd: rangeStart + quote.length }
    return {
      messageId: message.id,
      ...range,
      body,
      severity,
      ...(ruleSlug ? { rule: ruleSlug } : {}),
      ...(suggestion === undefined ? {} : { suggestion }),
    }
  })
}

async function judge(revision: { conversationId: string; revisionId: string }, review: DemoReview, content: DraftContent, cast: Cast) {
  const { verdict, ratings, summary, isAdjudication, ruling } = review
  const judgement = { ...revision, ratings, summary, comments: commentsOf(review, content) }
  const judgedBy = as(cast[review.reviewer])
  if (!isAdjudication) return invoke(submitReview, { ...judgement, verdict }, judgedBy)
  if (verdict !== 'approve' && verdict !== 'reject') throw new Error(`a demo adjudication decides; it cannot ${verdict}`)
  return invoke(adjudicateConversation, { ...judgement, verdict, ...(ruling ? { ruling } : {}) }, judgedBy)
}

/** Writes one conversation as its people would: claim, write, submit, judge, round by round. One that is there already is left alone. */
export async function addConversation(projectId: string, demo: DemoConversation, cast: Cast): Promise<void> {
  const present = await db.prompt.findUnique({
    where: { projectId_externalId: { projectId, externalId: demo.prompt.externalId } },
    include: { conversations: true },
  })
  if (present && present.conversations.length > 0) return
  const author = as(cast[demo.author])
  const promptId = present?.id ?? (await addPrompt(projectId, demo.prompt, cast, AT_ONCE))
  // What the author holds already, drafts and returned work, would be given first.
  const held = await db.conversation.findMany({
    where: { authorId: cast[demo.author].userId, state: { in: ['draft', 'changes-requested'] } },
    select: { id: true },
  })
  const lease = await invoke(claimWork, { projectId, except: held.map((row) => row.id) }, author)
  const conversationId = lease.conversationId ?? ''
  if (lease.promptId !== promptId) throw new Error(`the claim for ${demo.key} brought another prompt`)
  const rounds = [...demo.revisions, demo.messages]
  for (const [index, turns] of rounds.entries()) {
    const content = contentOf(demo.prompt, turns)
    if (index > 0) await invoke(resumeWork, { conversationId }, author)
    if (demo.state === 'draft' && index === rounds.length - 1) {
      await invoke(saveDraft, { conversationId, baseVersion: 0, content }, author)
      break
    }
    const draft = await db.draft.findUniqueOrThrow({ where: { conversationId }, select: { version: true } })
    const { revisionId } = await invoke(submitConversation, { conversationId, baseVersion: draft.version, content: answered(content, demo) }, author)
    for (const review of demo.reviews.filter((each) => each.onRevision === index)) await judge({ conversationId, revisionId }, review, content, cast)
  }
  if (demo.withdrawal) await invoke(withdrawConversation, { conversationId, reason: demo.withdrawal }, author)
  await db.prompt.update({ where: { id: promptId }, data: { priority: demo.prompt.priority } })
}
