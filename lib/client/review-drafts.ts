import type { DraftContent } from '#lib/domain/conversation.ts'
import { placeOfRemark } from '#lib/domain/remark-place.ts'
import type { CommentInput, Ratings, Severity } from '#lib/domain/review.ts'
import { isSame } from '#lib/domain/same.ts'
import { passageOf } from '#lib/domain/suggestion.ts'
import { beginningOf } from '#lib/domain/text-tokens.ts'
import { createLocalStore } from './local-store.ts'
import { isBegun, NO_RULING, type UnfinishedRuling } from './ruling-draft.ts'

/** A comment being written: what it is about was chosen when it was begun. */
export type UnfinishedComment = {
  body: string
  severity: Severity
  rule: string
  gap: boolean
  suggestion: string
  messageId?: string
  rangeStart?: number
  rangeEnd?: number
  /** Which of the comments it is another wording of. */
  at?: number
}

/** What a reviewer has written about a revision and not sent yet. */
export type ReviewDraft = {
  ratings: Ratings
  summary: string
  comments: CommentInput[]
  unfinished: UnfinishedComment | null
  fix: { content: DraftContent; note: string } | null
  /** What a decision of an escalation says for the cases to come. */
  ruling: UnfinishedRuling
}

/** By person and revision: two people at one device do not find each other's words. */
export const reviewDraftKey = (userId: string, revisionId: string): string => `${userId}-${revisionId}`

export const reviewDrafts = createLocalStore<ReviewDraft>('exemplar-review', {
  ratings: {},
  summary: '',
  comments: [],
  unfinished: null,
  fix: null,
  ruling: NO_RULING,
})

/** The values a person gave last, by principle: shown as the usual ones, given only by a key of their own. */
export const usualRatings = createLocalStore<{ ratings: Ratings }>('exemplar-usual-ratings', { ratings: {} })

/** The comment as it is sent. */
export function commentOf({ body, severity, rule, gap, suggestion, at: _at, ...place }: UnfinishedComment): CommentInput {
  return { ...place, body: body.trim(), severity, ...(gap ? { gap } : rule ? { rule } : {}), ...(suggestion ? { suggestion } : {}) }
}

type Comments = Pick<ReviewDraft, 'comments' | 'unfinished'>

/** Is there something in the form that is in no comment yet? */
export function hasUnfinished({ comments, unfinished }: Comments): boolean {
  if (!unfinished || unfinished.body.trim() === '') return false
  return unfinished.at === undefined || !isSame(commentOf(unfinished), comments[unfinished.at])
}

/** What is in the form becomes a comment, or the new wording of the one it was opened from. */
export function finishComment(draft: Comments): Comments {
  const { comments, unfinished } = draft
  if (!unfinished || !hasUnfinished(draft)) return { comments, unfinished: null }
  const comment = commentOf(unfinished)
  return { comments: unfinished.at === undefined ? [...comments, comment] : comments.with(unfinished.at, comment), unfinished: null }
}

/** Opens a comment in the form again; what the form held is put among the comments first. */
export function reopenComment(draft: Comments, at: number): Comments {
  const { comments } = finishComment(draft)
  const comment = comments[at]
  if (!comment) return draft
  const { body, severity, rule = '', gap = false, suggestion = '', ...place } = comment
  return { comments, unfinished: { ...place, body, severity, rule, gap, suggestion, at } }
}

/** Takes a comment away, and the form with it where it holds another wording of it. */
export function removeComment({ comments, unfinished }: Comments, index: number): Comments {
  const left = comments.toSpliced(index, 1)
  if (unfinished?.at === undefined || unfinished.at < index) return { comments: left, unfinished }
  return { comments: left, unfinished: unfinished.at === index ? null : { ...unfinished, at: unfinished.at - 1 } }
}

type Text = { id: string; content: string }

/** Characters of a passage that is gone; enough to know it by. */
const MOST_QUOTED = 300
type Placed = Pick<UnfinishedComment, 'messageId' | 'rangeStart' | 'rangeEnd' | 'body'>

/** A comment where its passage stands now. One whose words are gone quotes them, so that it can still be understood. */
function carryComment<C extends Placed>({ messageId, rangeStart, rangeEnd, ...comment }: C, before: readonly Text[], now: readonly Text[]) {
  const anchor = { messageId, rangeStart, rangeEnd }
  const place = placeOfRemark(anchor, before, now)
  if (place.kind === 'stands') return { ...comment, messageId: place.messageId, rangeStart: place.range.start, rangeEnd: place.range.end }
  const passage = passageOf(anchor, before)
  const body = passage && comment.body ? `“${beginningOf(passage, MOST_QUOTED)}”\n\n${comment.body}` : comment.body
  return { ...comment, body, ...('messageId' in place ? { messageId: place.messageId } : {}) }
}

/** What was written about a revision, for the one that took its place. Ratings are of a text that was read, and stay behind; so does a correction. */
export function carryDraft(draft: ReviewDraft, before: readonly Text[], now: readonly Text[]): ReviewDraft {
  const { comments, unfinished, summary, ruling } = draft
  return {
    ...reviewDrafts.empty,
    summary,
    ruling,
    comments: comments.map((comment) => carryComment(comment, before, now)),
    unfinished: unfinished && carryComment(unfinished, before, now),
  }
}

/** Has anything been written in it that a later revision would want? */
export const hasWords = ({ comments, unfinished, summary, ruling }: ReviewDraft): boolean =>
  comments.length > 0 || Boolean(unfinished?.body.trim()) || summary.trim() !== '' || isBegun(ruling)
