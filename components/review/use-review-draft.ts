'use client'
import { useSyncExternalStore } from 'react'
import { useMe } from '#components/frame/use-me.ts'
import { type ReviewDraft, reviewDraftKey, reviewDrafts } from '#lib/client/review-drafts.ts'
import type { Principle } from '#lib/domain/review.ts'

/** What the person has written about a revision and not sent yet; kept on this device until it is sent. */
export function useReviewDraft(revisionId: string) {
  const key = reviewDraftKey(useMe().id, revisionId)
  const kept = useSyncExternalStore(
    reviewDrafts.subscribe,
    () => reviewDrafts.read(key),
    () => reviewDrafts.empty,
  )
  const set = (change: Partial<ReviewDraft>) => reviewDrafts.write(key, { ...reviewDrafts.read(key), ...change })
  return {
    key,
    kept,
    set,
    rate: (principle: Principle, rating: number | null) => set({ ratings: { ...reviewDrafts.read(key).ratings, [principle]: rating } }),
    clear: () => reviewDrafts.drop(key),
  }
}

export type OwnDraft = ReturnType<typeof useReviewDraft>
