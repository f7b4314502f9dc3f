'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useRef } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { useErrorText } from '#components/ui/error-state.tsx'
import { notifyError, notifyUndo } from '#components/ui/toast.tsx'
import { useGoOn } from '#components/write/use-go-on.ts'
import { api } from '#lib/client/api.ts'
import { newId } from '#lib/domain/new-id.ts'
import { needsCitation, type Verdict } from '#lib/domain/review.ts'
import type { Conversation, Revision } from './review-page.tsx'
import { keepReviewDraft, type ReviewDraft } from './use-review-draft.ts'

/** Sends a verdict with what the draft holds and goes on to the next submission; for a while it can be taken back, words and all. */
export function useJudgement(conversation: Conversation, revision: Revision, draft: ReviewDraft, onCitationMissing: () => void) {
  const t = useTranslations('review')
  const project = useProject()
  const router = useRouter()
  const client = useQueryClient()
  const goOn = useGoOn(conversation.id)
  const errorText = useErrorText()
  // One key a verdict: sending it again after a lost answer gives the same review, deciding again after an undo a new one.
  const idempotencyKey = useRef(newId())
  const { id: conversationId, abilities, assignment } = conversation
  const tell = (error: unknown) => notifyError(errorText(error).title, errorText(error).next)
  const judge = useMutation({
    mutationFn: (verdict: Verdict) => {
      const context = { idempotencyKey: idempotencyKey.current }
      const judgement = { conversationId, revisionId: revision.id, ...draft.kept }
      if (abilities.adjudicate)
        return api.adjudicateConversation({ ...judgement, verdict: verdict === 'approve' ? 'approve' : 'reject' }, { context })
      const { fencingToken } = assignment?.kind === 'review' ? assignment : {}
      return api.submitReview({ ...judgement, verdict, ...(fencingToken === undefined ? {} : { fencingToken }) }, { context })
    },
    onSuccess: ({ reviewId }, verdict) => {
      const sent = draft.kept
      idempotencyKey.current = newId()
      draft.clear()
      notifyUndo(t(`done.${verdict}`), t('undo'), () => {
        api.withdrawReview({ reviewId }).then(async () => {
          keepReviewDraft(revision.id, sent)
          await client.invalidateQueries()
          router.push(project.path(`/review/${conversationId}`))
        }, tell)
      })
      goOn('/review')
    },
    onError: tell,
  })
  const decide = (verdict: Verdict) => {
    if (!needsCitation(verdict) || draft.kept.comments.some((comment) => comment.rule)) return judge.mutate(verdict)
    notifyError(t('citeFirst'), t('citeFirstHint'))
    onCitationMissing()
  }
  return { decide, isPending: judge.isPending }
}
