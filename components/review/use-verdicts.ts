'use client'
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useProject } from '#components/frame/project.tsx'
import { useMe } from '#components/frame/use-me.ts'
import { useErrorText } from '#components/ui/error-state.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { dismissNotice, notifyErrorWith, notifyUndo } from '#components/ui/toast.tsx'
import { api, query } from '#lib/client/api.ts'
import { mayOutliveThePage } from '#lib/client/keepalive.ts'
import { outbox } from '#lib/client/outbox.ts'
import { type ReviewDraft, reviewDrafts, usualRatings } from '#lib/client/review-drafts.ts'
import { isBegun, rulingOf } from '#lib/client/ruling-draft.ts'
import type { CommentInput, Verdict } from '#lib/domain/review.ts'
import type { Conversation, Revision } from './review-page.tsx'

const UNDO_MS = 8000

type Given = {
  noticeId: string
  conversationId: string
  revisionId: string
  draftKey: string
  draft: ReviewDraft
  until: number
  reviewId: string | null
  isTakenBack: boolean
}

/** The verdict given last on this page. Outside of any component: the page of its conversation is gone by then. */
let last: Given | null = null

/** Pressed again while the page stays, as where nothing else waits: the verdict is on its way or has come, and was not taken back here or elsewhere. */
const isGiven = ({ reviews }: Conversation, revision: Revision): boolean =>
  last?.revisionId === revision.id && !last.isTakenBack && !reviews.some(({ id, withdrawnAt }) => id === last?.reviewId && withdrawnAt !== null)

/** What a verdict changes; the conversation being read meanwhile is left alone. The judged one is fetched anew where it is about to be opened again. */
async function refresh(client: QueryClient, conversationId: string, { isReopened = false } = {}): Promise<void> {
  await Promise.all([
    client.invalidateQueries({
      queryKey: query.getConversation.key({ input: { conversationId } }),
      refetchType: isReopened ? 'all' : 'active',
    }),
    ...[
      ...[query.listConversations.key(), query.listOwnVerdicts.key(), query.getHome.key(), query.getQuality.key()],
      // A ruling is read where its rules are read.
      ...[query.listRulings.key(), query.listContradictions.key(), query.searchRules.key(), query.getGuideline.key()],
    ].map((queryKey) => client.invalidateQueries({ queryKey })),
  ])
}

function send(conversation: Conversation, revision: Revision, verdict: Verdict, comments: CommentInput[], draft: ReviewDraft) {
  const { id: conversationId, abilities } = conversation
  const { ratings, summary } = draft
  const judgement = { conversationId, revisionId: revision.id, ratings, summary, comments }
  // One key a verdict: sent again after a lost answer it is the same review, given again after an undo a new one. The request
  // outlives the page: a verdict given is a verdict sent.
  const idempotencyKey = `verdict-${revision.id}-${Date.now()}`
  const contextOf = (input: object) => ({ context: { idempotencyKey, keepalive: mayOutliveThePage(input) } })
  if (abilities.adjudicate) {
    const decision = verdict === 'approve' ? ('approve' as const) : ('reject' as const)
    const ruling = isBegun(draft.ruling) ? { ruling: rulingOf(draft.ruling) } : {}
    const input = { ...judgement, ...ruling, verdict: decision }
    return () => api.adjudicateConversation(input, contextOf(input))
  }
  const input = { ...judgement, verdict }
  return () => api.submitReview(input, contextOf(input))
}

/**
 * Verdicts go out behind the person's back: the next text is on screen at once. What is refused brings the person back to
 * everything they had written; for eight seconds a verdict can be taken back.
 */
export function useVerdicts(show: (conversationId: string) => void) {
  const t = useTranslations('review')
  const project = useProject()
  const router = useRouter()
  const client = useQueryClient()
  const errorText = useErrorText()
  const me = useMe()
  const open = (conversationId: string) => {
    const isReviewing = window.location.pathname.startsWith(project.path('/review/'))
    if (isReviewing) show(conversationId)
    else router.push(project.path(`/review/${conversationId}`))
  }
  const tell = (error: unknown, conversationId: string) => {
    const { title, next } = errorText(error)
    notifyErrorWith(title, next, { label: t('openAgain'), run: () => open(conversationId) })
  }
  const undo = (given: Given | null) => {
    if (!given || given.isTakenBack || Date.now() > given.until) return
    given.isTakenBack = true
    dismissNotice(given.noticeId)
    const { conversationId } = given
    outbox.add({
      subject: conversationId,
      // Behind the verdict itself in the outbox: by now it was answered, and one that was refused needs no withdrawal.
      run: async () => given.reviewId && (await api.withdrawReview({ reviewId: given.reviewId })),
      onDone: async () => {
        reviewDrafts.write(given.draftKey, given.draft)
        await refresh(client, conversationId, { isReopened: true })
        open(conversationId)
      },
      onRefused: (error) => tell(error, conversationId),
    })
  }
  useCommands([{ id: 'undo-verdict', title: t('undoVerdict'), keys: 'z', run: () => undo(last) }])
  const give = (conversation: Conversation, revision: Revision, verdict: Verdict, comments: CommentInput[], draftKey: string) => {
    if (isGiven(conversation, revision)) return
    const draft = reviewDrafts.read(draftKey)
    const conversationId = conversation.id
    const noticeId = `verdict-${revision.id}-${Date.now()}`
    const given: Given = {
      noticeId,
      conversationId,
      revisionId: revision.id,
      draftKey,
      draft,
      until: Date.now() + UNDO_MS,
      reviewId: null,
      isTakenBack: false,
    }
    last = given
    const usualKey = `${me.id}-${project.id}`
    const rated = Object.fromEntries(Object.entries(draft.ratings).filter(([, value]) => value !== null))
    usualRatings.write(usualKey, { ratings: { ...usualRatings.read(usualKey).ratings, ...rated } })
    outbox.add({
      subject: conversationId,
      run: send(conversation, revision, verdict, comments, draft),
      onDone: ({ reviewId }) => {
        given.reviewId = reviewId
        if (!given.isTakenBack) reviewDrafts.drop(draftKey)
        void refresh(client, conversationId)
      },
      onRefused: async (error) => {
        given.isTakenBack = true
        dismissNotice(noticeId)
        await refresh(client, conversationId, { isReopened: true })
        if (['/review', '/adjudicate'].some((place) => window.location.pathname.startsWith(project.path(place)))) open(conversationId)
        tell(error, conversationId)
      },
    })
    notifyUndo(t(`done.${verdict}`), t('undo'), () => undo(given), noticeId)
  }
  return { give }
}
