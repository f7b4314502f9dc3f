'use client'
import { useState } from 'react'
import type { CommentInput, Principle, Ratings } from '#lib/domain/review.ts'

type Kept = { ratings: Ratings; summary: string; comments: CommentInput[] }
const EMPTY: Kept = { ratings: {}, summary: '', comments: [] }

const keyOf = (revisionId: string) => `exemplar-review-${revisionId}`

function read(revisionId: string | null): Kept {
  if (!revisionId || typeof window === 'undefined') return EMPTY
  try {
    return { ...EMPTY, ...JSON.parse(window.localStorage.getItem(keyOf(revisionId)) ?? '{}') }
  } catch {
    return EMPTY
  }
}

/** Puts a draft back, as after a verdict that was taken back. */
export function keepReviewDraft(revisionId: string, value: Kept): void {
  window.localStorage.setItem(keyOf(revisionId), JSON.stringify(value))
}

/** What a reviewer has written about a revision and not sent yet; kept on this device until it is sent. */
export function useReviewDraft(revisionId: string | null) {
  const [kept, setKept] = useState<{ revisionId: string | null; value: Kept }>(() => ({ revisionId, value: read(revisionId) }))
  const value = kept.revisionId === revisionId ? kept.value : read(revisionId)
  const set = (next: Kept) => {
    setKept({ revisionId, value: next })
    if (revisionId) keepReviewDraft(revisionId, next)
  }
  return {
    kept: value,
    rate: (principle: Principle, rating: number | null) => set({ ...value, ratings: { ...value.ratings, [principle]: rating } }),
    setSummary: (summary: string) => set({ ...value, summary }),
    add: (comment: CommentInput) => set({ ...value, comments: [...value.comments, comment] }),
    remove: (index: number) => set({ ...value, comments: value.comments.toSpliced(index, 1) }),
    clear: () => {
      setKept({ revisionId, value: EMPTY })
      if (revisionId) window.localStorage.removeItem(keyOf(revisionId))
    },
  }
}

export type ReviewDraft = ReturnType<typeof useReviewDraft>
