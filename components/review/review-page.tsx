'use client'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { type ReactNode, useState } from 'react'
import { ConversationView } from '#components/conversation/conversation-view.tsx'
import type { SelectedRange } from '#components/conversation/text-selection.ts'
import { WordDiff } from '#components/conversation/word-diff.tsx'
import { useProject } from '#components/frame/project.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { RefreshLine } from '#components/ui/refresh-line.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { PromptPanel } from '#components/write/prompt-panel.tsx'
import { SkipDialog } from '#components/write/skip-dialog.tsx'
import { type api, query } from '#lib/client/api.ts'
import type { CommentInput, Principle } from '#lib/domain/review.ts'
import { CommentForm, type DraftComment } from './comment-form.tsx'
import { CommentList } from './comment-list.tsx'
import { RatingScale } from './rating-scale.tsx'
import { useJudgement } from './use-judgement.ts'
import { useReviewDraft } from './use-review-draft.ts'
import { VerdictBar } from './verdict-bar.tsx'

export type Conversation = Awaited<ReturnType<typeof api.getConversation>>
export type Revision = Conversation['revisions'][number]

const PRINCIPLE_KEYS: Record<string, Principle> = { h: 'helpful', t: 'truthful', s: 'harmless' }

/** Rating by keys: a principle, then its value. */
function useRatingKeys(onRate: (principle: Principle, value: number | null) => void) {
  const t = useTranslations('review')
  const [principle, setPrinciple] = useState<Principle | null>(null)
  const rate = (value: number | null) => principle && onRate(principle, value)
  useCommands([
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
  return principle
}

/** The message one reads, stepped through by keys. */
function useActiveMessage(revision: Revision) {
  const t = useTranslations('review')
  const [active, setActive] = useState<string | null>(null)
  const step = (by: number) => {
    const ids = revision.messages.map((message) => message.id)
    const next = ids[Math.max(0, Math.min(ids.length - 1, ids.indexOf(active ?? '') + by))] ?? null
    setActive(next)
    document.querySelector(`[data-message-id="${next}"]`)?.scrollIntoView({ block: 'nearest' })
  }
  useCommands([
    { id: 'next', title: t('nextMessage'), keys: 'j', run: () => step(1), hidden: true },
    { id: 'previous', title: t('previousMessage'), keys: 'k', run: () => step(-1), hidden: true },
  ])
  return active
}

/** What is judged: the revision, or what changed in it since the round before. */
function Judged({ conversation, revision, children }: { conversation: Conversation; revision: Revision; children: ReactNode }) {
  const t = useTranslations('review')
  const [showsDiff, setShowsDiff] = useState(false)
  const before = conversation.revisions.findLast(
    (each) => each.id !== revision.id && conversation.reviews.some((review) => review.revisionId === each.id),
  )
  useCommands([{ id: 'diff', title: t('diff'), keys: 'd', run: () => setShowsDiff(!showsDiff), disabled: !before }])
  return (
    <div className="mx-auto w-full min-w-0 max-w-[46rem] pb-10">
      {revision.note && <p className="mb-4 border-accent border-l-2 pl-3">{revision.note}</p>}
      {before && (
        <label className="mb-4 flex items-center gap-2 text-sm">
          <input type="checkbox" checked={showsDiff} onChange={() => setShowsDiff(!showsDiff)} /> {t('diff')}
        </label>
      )}
      {showsDiff && before ? <WordDiff before={before.messages} after={revision.messages} /> : children}
    </div>
  )
}

const highlightsOf = (comments: readonly CommentInput[]) =>
  comments.flatMap(({ messageId, rangeStart, rangeEnd }, index) =>
    messageId !== undefined && rangeStart !== undefined && rangeEnd !== undefined
      ? [{ id: String(index), messageId, start: rangeStart, end: rangeEnd }]
      : [],
  )

const passageOf = (revision: Revision, selected: SelectedRange | null): string =>
  selected ? (revision.messages.find((message) => message.id === selected.messageId)?.content.slice(selected.start, selected.end) ?? '') : ''

function Desk({ conversation, revision, notice }: { conversation: Conversation; revision: Revision; notice: ReactNode }) {
  const t = useTranslations('review')
  const project = useProject()
  const router = useRouter()
  const draft = useReviewDraft(revision.id)
  const { ratings, summary, comments } = draft.kept
  const [selected, setSelected] = useState<SelectedRange | null>(null)
  const [isCommenting, setIsCommenting] = useState(false)
  const [isSkipping, setIsSkipping] = useState(false)
  const active = useActiveMessage(revision)
  const principle = useRatingKeys(draft.rate)
  const { decide, isPending } = useJudgement(conversation, revision, draft, () => setIsCommenting(true))
  const { abilities, assignment } = conversation
  const mayJudge = abilities.review || abilities.adjudicate
  useCommands([
    { id: 'approve', title: t('verdict.approve'), keys: 'a', run: () => decide('approve'), disabled: !mayJudge },
    { id: 'changes', title: t('verdict.request-changes'), keys: 'r', run: () => decide('request-changes'), disabled: !abilities.review },
    { id: 'reject', title: t('verdict.reject'), keys: 'x', run: () => decide('reject'), disabled: !mayJudge },
    { id: 'escalate', title: t('verdict.escalate'), keys: 'e', run: () => decide('escalate'), disabled: !abilities.review },
    { id: 'comment', title: t('comment'), keys: 'c', run: () => setIsCommenting(true), disabled: !mayJudge },
    { id: 'skip', title: t('skip'), keys: 'u', run: () => setIsSkipping(true), disabled: !assignment },
  ])
  const add = (comment: DraftComment) => {
    const place = selected
      ? { messageId: selected.messageId, rangeStart: selected.start, rangeEnd: selected.end }
      : active
        ? { messageId: active }
        : {}
    draft.add({ ...comment, ...place })
    setIsCommenting(false)
    setSelected(null)
  }
  return (
    <div className="grid min-h-dvh grid-rows-[1fr_auto]">
      <div className="grid grid-cols-1 content-start gap-x-8 px-4 py-6 sm:px-6 xl:grid-cols-[minmax(0,1fr)_20rem] 2xl:grid-cols-[15rem_minmax(0,1fr)_20rem]">
        <PromptPanel prompt={conversation.prompt} />
        <Judged conversation={conversation} revision={revision}>
          <ConversationView
            messages={revision.messages}
            tools={revision.tools}
            highlights={highlightsOf(comments)}
            activeMessageId={active}
            onSelectRange={setSelected}
          />
        </Judged>
        <aside
          aria-label={t('judgement')}
          className="min-w-0 space-y-6 xl:sticky xl:top-6 xl:max-h-[calc(100dvh-6rem)] xl:self-start xl:overflow-y-auto"
        >
          <RatingScale ratings={ratings} active={principle} onRate={draft.rate} />
          <CommentList comments={comments} onRemove={draft.remove} earlier={conversation.reviews} />
          {isCommenting && <CommentForm passage={passageOf(revision, selected)} onAdd={add} onCancel={() => setIsCommenting(false)} />}
        </aside>
      </div>
      <VerdictBar
        summary={summary}
        onSummary={draft.setSummary}
        onVerdict={decide}
        onComment={() => setIsCommenting(true)}
        isPending={isPending}
        abilities={abilities}
        notice={notice}
      />
      {isSkipping && assignment && (
        <SkipDialog assignmentId={assignment.id} onClose={() => setIsSkipping(false)} onSkipped={() => router.push(project.path('/review'))} />
      )}
    </div>
  )
}

/** Judging one submission: read, comment, rate, decide; a verdict brings the next one. */
export function ReviewPage({ conversationId }: { conversationId: string }) {
  const t = useTranslations('review')
  const conversation = useQuery(query.getConversation.queryOptions({ input: { conversationId } }))
  const revision = conversation.data?.revisions.at(-1)
  if (conversation.error && !conversation.data) return <ErrorState error={conversation.error} onRetry={conversation.refetch} />
  if (!conversation.data || !revision) return <SkeletonRows rows={14} label={t('loading')} />
  // What is on screen, and what was written about it, stays when it could not be fetched anew.
  const notice = conversation.error && <RefreshLine onRetry={() => void conversation.refetch()} />
  return <Desk key={revision.id} conversation={conversation.data} revision={revision} notice={notice} />
}
