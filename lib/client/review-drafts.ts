import type { DraftContent } from '#lib/domain/conversation.ts'
import type { CommentInput, Ratings, Severity } from '#lib/domain/review.ts'
import { createLocalStore } from './local-store.ts'

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
}

/** What a reviewer has written about a revision and not sent yet. */
export type ReviewDraft = {
  ratings: Ratings
  summary: string
  comments: CommentInput[]
  unfinished: UnfinishedComment | null
  fix: { content: DraftContent; note: string } | null
}

/** By person and revision: two people at one device do not find each other's words. */
export const reviewDraftKey = (userId: string, revisionId: string): string => `${userId}-${revisionId}`

export const reviewDrafts = createLocalStore<ReviewDraft>('exemplar-review', { ratings: {}, summary: '', comments: [], unfinished: null, fix: null })

/** The values a person gave last, by principle: shown as the usual ones, given only by a key of their own. */
export const usualRatings = createLocalStore<{ ratings: Ratings }>('exemplar-usual-ratings', { ratings: {} })

/** The comment as it is sent. */
export function commentOf({ body, severity, rule, gap, suggestion, ...place }: UnfinishedComment): CommentInput {
  return { ...place, body: body.trim(), severity, ...(gap ? { gap } : rule ? { rule } : {}), ...(suggestion ? { suggestion } : {}) }
}
