import { z } from 'zod'
import { Int4 } from './bounds.ts'
import type { Message } from './conversation.ts'
import type { StateOf } from './machine.ts'
import { PlainText } from './plain-text.ts'
import { RATED_PRINCIPLES } from './principles.ts'

export const Principle = z.enum(RATED_PRINCIPLES)
export type Principle = z.infer<typeof Principle>

export const Verdict = z.enum(['approve', 'request-changes', 'reject', 'escalate'])
export type Verdict = z.infer<typeof Verdict>

/** From a matter of taste to something that must never be trained. */
export const Severity = z.enum(['nit', 'minor', 'major', 'critical'])
export type Severity = z.infer<typeof Severity>

/** 1 to 5 for each principle; null says not applicable, an absent key says not rated. */
export const Ratings = z.partialRecord(Principle, z.int().min(1).max(5).nullable())
export type Ratings = z.infer<typeof Ratings>

/** A remark: on a range of a message's content, on a whole message (no range), or on the whole conversation (no message). */
export const CommentInput = z
  .strictObject({
    messageId: z.string().max(64).optional(),
    rangeStart: Int4.min(0).optional(),
    rangeEnd: Int4.min(0).optional(),
    body: PlainText.min(1).max(10_000),
    suggestion: PlainText.max(100_000).optional(),
    severity: Severity,
    /** The rule's slug in the project's current guideline. */
    rule: z.string().max(200).optional(),
    gap: z.boolean().optional().describe('No rule fits: a gap of the guideline, in place of a rule'),
  })
  .refine((comment) => !(comment.gap && comment.rule), { path: ['gap'], message: 'A comment cites a rule or names a gap, not both.' })
export type CommentInput = z.infer<typeof CommentInput>

/** Verdicts that tell somebody to change or drop their work owe them the rule. */
const NEEDS_CITATION: ReadonlySet<Verdict> = new Set(['request-changes', 'reject'])

export const needsCitation = (verdict: Verdict): boolean => NEEDS_CITATION.has(verdict)

/** Does one of the comments say by which rule? A gap of the guideline does as well: there is no rule to cite yet. */
export const hasCitation = (comments: readonly CommentInput[]): boolean => comments.some((comment) => comment.rule || comment.gap)

/** Whoever decides an escalation must know what is asked of them: a word in the summary, or in a comment. */
export const lacksReason = (verdict: Verdict, { summary, comments }: { summary: string; comments: readonly unknown[] }): boolean =>
  verdict === 'escalate' && summary.trim() === '' && comments.length === 0

/** Where a verdict leads; an approval leads there only when enough others have approved the same revision. */
export const OUTCOME = {
  approve: 'approved',
  'request-changes': 'changes-requested',
  reject: 'rejected',
  escalate: 'escalated',
} as const satisfies Record<Verdict, StateOf<'conversation'>>

type Judgeable = { authorId: string; editorIds: readonly string[]; standingReviewerIds: readonly string[] }

/**
 * What keeps a person from judging a submission: their own words in it, or their standing verdict on this revision. The
 * queries that look for work say the same in SQL (`waitsForReview` in lib/services/claim.ts).
 */
export function barToReview({ authorId, editorIds, standingReviewerIds }: Judgeable, userId: string): 'own-work-review' | 'already-reviewed' | null {
  if (authorId === userId || editorIds.includes(userId)) return 'own-work-review'
  return standingReviewerIds.includes(userId) ? 'already-reviewed' : null
}

export type AnchorFault = { index: number; message: string }

/** Comments whose anchor is not in the text they are about. */
export function anchorFaults(comments: readonly CommentInput[], messages: readonly Message[]): AnchorFault[] {
  const lengths = new Map(messages.map((message) => [message.id, message.content.length]))
  return comments.flatMap((comment, index): AnchorFault[] => {
    const hasRange = comment.rangeStart !== undefined || comment.rangeEnd !== undefined
    if (comment.messageId === undefined) return hasRange ? [{ index, message: 'A range needs the message it is in.' }] : []
    const length = lengths.get(comment.messageId)
    if (length === undefined) return [{ index, message: `This revision has no message ${comment.messageId}.` }]
    if (!hasRange) return []
    const { rangeStart: start, rangeEnd: end } = comment
    if (start === undefined || end === undefined || start >= end || end > length) {
      return [{ index, message: `The range ${start ?? '?'}–${end ?? '?'} is not inside the message, which has ${length} characters.` }]
    }
    return []
  })
}
