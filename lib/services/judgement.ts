import type { Judging } from '#lib/domain/assignment.ts'
import type { Message } from '#lib/domain/conversation.ts'
import { refuse } from '#lib/domain/errors.ts'
import type { StateOf } from '#lib/domain/machine.ts'
import { anchorFaults, type CommentInput, hasCitation, lacksReason, needsCitation, type Ratings, type Verdict } from '#lib/domain/review.ts'
import type { RulingInput } from '#lib/domain/ruling.ts'
import { currentGuideline } from './current-guideline.ts'
import { retiredRules } from './guideline-retired.ts'
import { returnSlot } from './lease.ts'
import type { Tx } from './operation.ts'
import { transition } from './transition.ts'

type Judged = {
  id: string
  projectId: string
  promptId: string
  holdsSlot: boolean
  currentRevisionId: string | null
  state: string
  version: number
}

export type Judgement = {
  kind: 'review' | 'adjudication'
  reviewerId: string
  verdict: Verdict
  ratings: Ratings
  flags: string[]
  summary: string
  comments: CommentInput[]
  /** What an adjudication says beyond this conversation. */
  ruling?: RulingInput | undefined
}

const JUDGED_STATE = { review: 'submitted', adjudicate: 'escalated' } as const satisfies Record<Judging, StateOf<'conversation'>>
const JUDGED_HOW = { review: 'submitted ones are reviewed', adjudicate: 'escalated ones are adjudicated' } as const satisfies Record<Judging, string>

/** @throws illegal-transition for a conversation that does not wait for this kind of judgement. */
export function requireJudgeable(kind: Judging, { state }: { state: string }): void {
  if (state !== JUDGED_STATE[kind]) refuse('illegal-transition', `This conversation is ${state}; only ${JUDGED_HOW[kind]}.`, { state })
}

/** The ids of the cited rules in the project's current guideline, by slug. @throws unknown-rule naming the slug. */
async function ruleIdsBySlug(tx: Tx, projectId: string, guidelineVersionId: string | undefined, { comments, ruling }: Judgement) {
  const cited = [...comments.flatMap((comment) => comment.rule ?? []), ...(ruling?.rules ?? []).map(({ rule }) => rule)]
  const slugs = [...new Set(cited)]
  if (slugs.length === 0) return new Map<string, string>()
  const rules = guidelineVersionId
    ? await tx.rule.findMany({ where: { guidelineVersionId, slug: { in: slugs } }, select: { id: true, slug: true } })
    : []
  const bySlug = new Map(rules.map((rule) => [rule.slug, rule.id]))
  const missing = slugs.find((slug) => !bySlug.has(slug))
  return missing === undefined ? bySlug : refuseRule(tx, projectId, missing)
}

/** Says what became of a rule that the newest guideline has not. @throws Refusal `unknown-rule` */
async function refuseRule(tx: Tx, projectId: string, slug: string): Promise<never> {
  const retired = (await retiredRules(tx, projectId)).find((rule) => rule.slug === slug)
  if (!retired) return refuse('unknown-rule', `The current guideline has no rule “${slug}”. Search for the rule again.`, { rule: slug })
  const { retiredIn, renamedTo } = retired
  const cure = renamedTo ? `Cite “${renamedTo}”, which says the same since then.` : 'Search for the rule that holds now.'
  return refuse('unknown-rule', `The rule “${slug}” was retired in version ${retiredIn} of the guideline. ${cure}`, {
    rule: slug,
    retiredIn,
    renamedTo,
  })
}

/** A decision is there to be found again: where there are rules to read, it says how it reads them. */
function requireRuling(ruling: RulingInput | undefined): void {
  if (!ruling) refuse('ruling-required', 'Say what was in doubt and how you decide it, so that the next such case is decided alike.')
  if (ruling.rules.length === 0 && !ruling.gap) {
    refuse('citation-required', 'Cite at least one rule in the ruling, or say that no rule fits.', {
      issues: [{ path: 'ruling.rules', message: 'cites no rule' }],
    })
  }
}

const rulingRow = (
  conversation: Judged,
  version: string | undefined,
  rules: ReadonlyMap<string, string>,
  { rules: cited, gap, ...texts }: RulingInput,
) => ({
  ...texts,
  projectId: conversation.projectId,
  conversationId: conversation.id,
  isGap: gap,
  citations: {
    create: cited.map(({ rule, finding }) => ({ ruleSlug: rule, ruleId: rules.get(rule) ?? '', guidelineVersion: version ?? '', finding })),
  },
})

/** Writes a verdict with its comments on one revision. Every refusal comes before the first write. */
export async function recordJudgement(tx: Tx, conversation: Judged, revision: { id: string; messages: Message[] }, judgement: Judgement) {
  const { comments, verdict, reviewerId, ruling } = judgement
  const guideline = await currentGuideline(tx, conversation.projectId)
  if (judgement.kind === 'adjudication' && guideline) requireRuling(ruling)
  if (needsCitation(verdict) && !hasCitation(comments) && !ruling) {
    refuse('citation-required', 'Add at least one comment that cites the rule, or says that no rule fits, so that the author knows what to change.', {
      verdict,
    })
  }
  if (lacksReason(verdict, judgement)) {
    refuse('reason-required', 'Say why you escalate it, in the summary or in a comment: who decides must know what is in doubt.', { verdict })
  }
  const [fault] = anchorFaults(comments, revision.messages)
  if (fault) refuse('anchor-outside-text', `Comment ${fault.index + 1}: ${fault.message}`, { index: fault.index })
  const standing = await tx.review.findFirst({ where: { revisionId: revision.id, reviewerId, withdrawnAt: null }, select: { id: true } })
  if (standing) refuse('already-reviewed', 'You judged this revision already. Withdraw that verdict to give another.', { reviewId: standing.id })
  const rules = await ruleIdsBySlug(tx, conversation.projectId, guideline?.id, judgement)
  const contents = new Map(revision.messages.map((message) => [message.id, message.content]))
  return tx.review.create({
    data: {
      projectId: conversation.projectId,
      conversationId: conversation.id,
      revisionId: revision.id,
      reviewerId,
      kind: judgement.kind,
      verdict,
      ratings: judgement.ratings,
      flags: judgement.flags,
      summary: judgement.summary,
      guidelineVersionId: guideline?.id ?? null,
      ...(ruling ? { ruling: { create: rulingRow(conversation, guideline?.version, rules, ruling) } } : {}),
      comments: {
        create: comments.map((comment) => ({
          conversationId: conversation.id,
          messageId: comment.messageId ?? null,
          rangeStart: comment.rangeStart ?? null,
          rangeEnd: comment.rangeEnd ?? null,
          quote:
            comment.messageId !== undefined && comment.rangeStart !== undefined
              ? (contents.get(comment.messageId) ?? '').slice(comment.rangeStart, comment.rangeEnd)
              : '',
          body: comment.body,
          suggestion: comment.suggestion ?? null,
          severity: comment.severity,
          ruleId: comment.rule ? (rules.get(comment.rule) ?? null) : null,
          ruleSlug: comment.rule ?? null,
          isGap: comment.gap ?? false,
          guidelineVersion: comment.rule ? (guideline?.version ?? null) : null,
        })),
      },
    },
  })
}

/** The prompt is closed when all the answers it wanted are approved. */
export async function closePromptWhenAnswered(tx: Tx, promptId: string): Promise<void> {
  // Of two answers approved at once the second must see the first.
  await tx.$queryRaw`SELECT 1 FROM "prompt" WHERE id = ${promptId}::uuid FOR UPDATE`
  const prompt = await tx.prompt.findUniqueOrThrow({ where: { id: promptId } })
  if (prompt.state !== 'open' || prompt.openSlots > 0) return
  const approved = await tx.conversation.count({ where: { promptId, holdsSlot: true, state: 'approved' } })
  if (approved >= prompt.answersWanted) await transition(tx, 'prompt', prompt, 'closed')
}

/** Moves a conversation to where a verdict leads it, and its prompt's slots with it. */
export async function applyOutcome(
  tx: Tx,
  conversation: Judged,
  to: 'approved' | 'changes-requested' | 'rejected' | 'escalated',
  patch: Record<string, unknown>,
): Promise<void> {
  const now = new Date()
  await transition(tx, 'conversation', conversation, to, {
    ...patch,
    updatedAt: now,
    ...(to === 'approved' ? { approvedAt: now } : {}),
    ...(to === 'rejected' ? { holdsSlot: false } : {}),
  })
  if (to === 'approved') await closePromptWhenAnswered(tx, conversation.promptId)
  if (to === 'rejected' && conversation.holdsSlot) await returnSlot(tx, conversation.promptId)
}
