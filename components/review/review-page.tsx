'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { ConversationView } from '#components/conversation/conversation-view.tsx'
import type { SelectedRange } from '#components/conversation/text-selection.ts'
import { WordDiff } from '#components/conversation/word-diff.tsx'
import { useProject } from '#components/frame/project.tsx'
import { ErrorState, useErrorText } from '#components/ui/error-state.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { notifyError, notifyUndo } from '#components/ui/toast.tsx'
import { PromptPanel } from '#components/write/prompt-panel.tsx'
import { SkipDialog } from '#components/write/skip-dialog.tsx'
import { api, query } from '#lib/client/api.ts'
import { needsCitation, type Principle, type Verdict } from '#lib/domain/review.ts'
import { CommentForm, type DraftComment } from './comment-form.tsx'
import { CommentList } from './comment-list.tsx'
import { RatingScale } from './rating-scale.tsx'
import { useReviewDraft } from './use-review-draft.ts'
import { VerdictBar } from './verdict-bar.tsx'

const PRINCIPLE_KEYS: Record<string, Principle> = { h: 'helpful', t: 'truthful', s: 'harmless' }

/** Judging one submission: read, comment, rate, decide; a verdict brings the next one. */
export function ReviewPage({ conversationId }: { conversationId: string }) {
  const t = useTranslations('review')
  const project = useProject()
  const router = useRouter()
  const client = useQueryClient()
  const errorText = useErrorText()
  const conversation = useQuery(query.getConversation.queryOptions({ input: { conversationId } }))
  const { data } = conversation
  const revision = data?.revisions.at(-1)
  const before = data?.revisions.findLast((each) => each.id !== revision?.id && data.reviews.some((review) => review.revisionId === each.id))
  const draft = useReviewDraft(revision?.id ?? null)
  const [selected, setSelected] = useState<SelectedRange | null>(null)
  const [active, setActive] = useState<string | null>(null)
  const [isCommenting, setIsCommenting] = useState(false)
  const [principle, setPrinciple] = useState<Principle | null>(null)
  const [showsDiff, setShowsDiff] = useState(false)
  const [isSkipping, setIsSkipping] = useState(false)
  const judge = useMutation({
    mutationFn: (verdict: Verdict) => {
      const { fencingToken } = data?.assignment?.kind === 'review' ? data.assignment : {}
      const judgement = { conversationId, revisionId: revision?.id ?? '', ratings: draft.ratings, summary: draft.summary, comments: draft.comments }
      if (data?.abilities.adjudicate) return api.adjudicateConversation({ ...judgement, verdict: verdict === 'approve' ? 'approve' : 'reject' })
      return api.submitReview(
        { ...judgement, verdict, ...(fencingToken === undefined ? {} : { fencingToken }) },
        { context: { idempotencyKey: `${revision?.id}-${verdict}-${draft.comments.length}` } },
      )
    },
    onSuccess: async ({ reviewId }, verdict) => {
      draft.clear()
      notifyUndo(t(`done.${verdict}`), t('undo'), () => {
        api.withdrawReview({ reviewId }).then(
          () => router.push(project.path(`/review/${conversationId}`)),
          (error: unknown) => notifyError(errorText(error).title, errorText(error).detail ?? undefined),
        )
      })
      await client.invalidateQueries()
      router.push(project.path('/review'))
    },
    onError: (error) => notifyError(errorText(error).title, errorText(error).detail ?? undefined),
  })
  const decide = (verdict: Verdict) => {
    if (needsCitation(verdict) && !draft.comments.some((comment) => comment.rule)) {
      notifyError(t('citeFirst'), t('citeFirstHint'))
      setIsCommenting(true)
      return
    }
    judge.mutate(verdict)
  }
  const step = (by: number) => {
    const ids = revision?.messages.map((message) => message.id) ?? []
    const next = ids[Math.max(0, Math.min(ids.length - 1, ids.indexOf(active ?? '') + by))] ?? null
    setActive(next)
    document.querySelector(`[data-message-id="${next}"]`)?.scrollIntoView({ block: 'nearest' })
  }
  const rate = (value: number | null) => principle && draft.rate(principle, value)
  const mayJudge = data !== undefined && (data.abilities.review || data.abilities.adjudicate)
  useCommands([
    { id: 'approve', title: t('verdict.approve'), keys: 'a', run: () => decide('approve'), disabled: !mayJudge },
    { id: 'changes', title: t('verdict.request-changes'), keys: 'r', run: () => decide('request-changes'), disabled: !data?.abilities.review },
    { id: 'reject', title: t('verdict.reject'), keys: 'x', run: () => decide('reject'), disabled: !mayJudge },
    { id: 'escalate', title: t('verdict.escalate'), keys: 'e', run: () => decide('escalate'), disabled: !data?.abilities.review },
    { id: 'comment', title: t('comment'), keys: 'c', run: () => setIsCommenting(true), disabled: !mayJudge },
    { id: 'diff', title: t('diff'), keys: 'd', run: () => setShowsDiff(!showsDiff), disabled: !before },
    { id: 'skip', title: t('skip'), keys: 'u', run: () => setIsSkipping(true), disabled: !data?.assignment },
    { id: 'next', title: t('nextMessage'), keys: 'j', run: () => step(1), hidden: true },
    { id: 'previous', title: t('previousMessage'), keys: 'k', run: () => step(-1), hidden: true },
    { id: 'na', title: t('notApplicable'), keys: 'n', run: () => rate(null), hidden: true },
    ...Object.entries(PRINCIPLE_KEYS).map(([keys, name]) => ({
      id: `rate-${name}`,
      title: t(`principle.${name}`),
      keys,
      run: () => setPrinciple(name),
      hidden: true,
    })),
    ...[1, 2, 3, 4, 5].map((value) => ({ id: `value-${value}`, title: String(value), keys: String(value), run: () => rate(value), hidden: true })),
  ])
  if (conversation.error) return <ErrorState error={conversation.error} onRetry={conversation.refetch} />
  if (!data || !revision) return <SkeletonRows rows={14} label={t('loading')} />
  const highlights = draft.comments.flatMap((comment, index) =>
    comment.messageId !== undefined && comment.rangeStart !== undefined && comment.rangeEnd !== undefined
      ? [{ id: String(index), messageId: comment.messageId, start: comment.rangeStart, end: comment.rangeEnd }]
      : [],
  )
  const add = (comment: DraftComment) => {
    draft.add({
      ...comment,
      ...(selected ? { messageId: selected.messageId, rangeStart: selected.start, rangeEnd: selected.end } : active ? { messageId: active } : {}),
    })
    setIsCommenting(false)
    setSelected(null)
  }
  return (
    <div className="grid min-h-dvh grid-rows-[1fr_auto]">
      <div className="grid grid-cols-1 content-start gap-x-8 px-4 py-6 sm:px-6 xl:grid-cols-[minmax(0,1fr)_20rem] 2xl:grid-cols-[15rem_minmax(0,1fr)_20rem]">
        <PromptPanel prompt={data.prompt} />
        <div className="mx-auto w-full min-w-0 max-w-[46rem] pb-10">
          {revision.note && <p className="mb-4 border-accent border-l-2 pl-3">{revision.note}</p>}
          {before && (
            <label className="mb-4 flex items-center gap-2 text-sm">
              <input type="checkbox" checked={showsDiff} onChange={() => setShowsDiff(!showsDiff)} /> {t('diff')}
            </label>
          )}
          {showsDiff && before ? (
            <WordDiff before={before.messages} after={revision.messages} />
          ) : (
            <ConversationView
              messages={revision.messages}
              tools={revision.tools}
              highlights={highlights}
              activeMessageId={active}
              onSelectRange={setSelected}
            />
          )}
        </div>
        <aside
          aria-label={t('judgement')}
          className="min-w-0 space-y-6 xl:sticky xl:top-6 xl:max-h-[calc(100dvh-6rem)] xl:self-start xl:overflow-y-auto"
        >
          <RatingScale ratings={draft.ratings} active={principle} onRate={draft.rate} />
          <CommentList comments={draft.comments} onRemove={draft.remove} earlier={data.reviews} />
          {isCommenting && (
            <CommentForm
              passage={
                selected
                  ? (revision.messages.find((message) => message.id === selected.messageId)?.content.slice(selected.start, selected.end) ?? '')
                  : ''
              }
              onAdd={add}
              onCancel={() => setIsCommenting(false)}
            />
          )}
        </aside>
      </div>
      <VerdictBar
        summary={draft.summary}
        onSummary={draft.setSummary}
        onVerdict={decide}
        onComment={() => setIsCommenting(true)}
        isPending={judge.isPending}
        abilities={data.abilities}
      />
      {isSkipping && data.assignment && (
        <SkipDialog assignmentId={data.assignment.id} onClose={() => setIsSkipping(false)} onSkipped={() => router.push(project.path('/review'))} />
      )}
    </div>
  )
}
