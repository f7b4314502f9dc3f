'use client'
import { useTranslations } from 'next-intl'
import { useEffect, useSyncExternalStore } from 'react'
import { useMe } from '#components/frame/use-me.ts'
import { notify } from '#components/ui/toast.tsx'
import { carryDraft, hasWords, type ReviewDraft, reviewDraftKey, reviewDrafts } from '#lib/client/review-drafts.ts'
import type { Principle } from '#lib/domain/review.ts'
import type { Conversation, Revision } from './review-page.tsx'

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

/** Comments not sent when another revision came are carried over to it, once, so that they are neither lost nor on the wrong words. */
export function useCarriedDraft({ revisions }: Conversation, revision: Revision) {
  const t = useTranslations('review')
  const { id: userId } = useMe()
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each revision; the texts of revisions never change
  useEffect(() => {
    const key = reviewDraftKey(userId, revision.id)
    if (hasWords(reviewDrafts.read(key))) return
    const before = revisions.findLast(({ id }) => id !== revision.id && hasWords(reviewDrafts.read(reviewDraftKey(userId, id))))
    if (!before) return
    const oldKey = reviewDraftKey(userId, before.id)
    const old = reviewDrafts.read(oldKey)
    reviewDrafts.write(key, { ...carryDraft(old, before.messages, revision.messages), ratings: reviewDrafts.read(key).ratings })
    if (old.fix) reviewDrafts.write(oldKey, { ...reviewDrafts.empty, fix: old.fix })
    else reviewDrafts.drop(oldKey)
    notify(t('carried'), t('carriedHint'))
  }, [revision.id])
}

export type OwnDraft = ReturnType<typeof useReviewDraft>
