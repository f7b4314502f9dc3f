'use client'
import { useQuery } from '@tanstack/react-query'
import dynamic from 'next/dynamic'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { type ReactNode, useEffect, useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { useRecent } from '#components/frame/use-recent.ts'
import { ErrorState } from '#components/ui/error-state.tsx'
import { RefreshLine } from '#components/ui/refresh-line.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { type api, query } from '#lib/client/api.ts'
import type { Reading } from './judged-text.tsx'
import { ReviewDesk } from './review-desk.tsx'
import { useNextReview } from './use-next-review.ts'
import { useCarriedDraft, useReviewDraft } from './use-review-draft.ts'
import { useShownReview } from './use-shown-review.ts'
import { useVerdicts } from './use-verdicts.ts'

// What one does now and then; each with a place holder of its own, or the page around it would wait, too.
const FixDesk = dynamic(() => import('./fix-desk.tsx').then((module) => module.FixDesk), { loading: () => null })
const VerdictList = dynamic(() => import('./verdict-list.tsx').then((module) => module.VerdictList), { loading: () => null })

export type Conversation = Awaited<ReturnType<typeof api.getConversation>>
export type Revision = Conversation['revisions'][number]

type OpenedProps = {
  conversation: Conversation
  revision: Revision
  notice: ReactNode
  onNext: () => void
  onVerdict: ReturnType<typeof useVerdicts>['give']
  reading: Reading | null
  onReading: (reading: Reading) => void
}

/** One submission on the desk, to judge or to correct. */
function Opened({ conversation, revision, onNext, ...rest }: OpenedProps) {
  const draft = useReviewDraft(revision.id)
  useCarriedDraft(conversation, revision)
  const [isFixing, setIsFixing] = useState(false)
  useEffect(() => {
    window.scrollTo(0, 0)
    if (document.activeElement === document.body) document.getElementById('judged')?.focus({ preventScroll: true })
  }, [])
  if (isFixing) {
    return <FixDesk conversation={conversation} revision={revision} draft={draft} onClose={() => setIsFixing(false)} onFixed={onNext} />
  }
  return <ReviewDesk conversation={conversation} revision={revision} draft={draft} onFix={() => setIsFixing(true)} onNext={onNext} {...rest} />
}

/** Judging one submission after the other: read, comment, rate, decide; the next one is on screen the moment a verdict is given. */
export function ReviewPage({ conversationId }: { conversationId: string }) {
  const t = useTranslations('review')
  const project = useProject()
  const router = useRouter()
  const { shownId, show } = useShownReview(conversationId)
  const conversation = useQuery(query.getConversation.queryOptions({ input: { conversationId: shownId } }))
  useRecent(project.path(`/conversations/${shownId}`), conversation.data?.firstUserText ?? '')
  const abilities = conversation.data?.abilities
  const kind = abilities?.adjudicate ? 'adjudicate' : 'review'
  const next = useNextReview(shownId, { kind, isWanted: abilities?.review === true || abilities?.adjudicate === true })
  const { give } = useVerdicts(show)
  const [reading, setReading] = useState<Reading | null>(null)
  const [isListing, setIsListing] = useState(false)
  const goOn = () => {
    // To read the source is a habit; the other views are of one text.
    setReading((kept) => (kept === 'source' ? 'source' : null))
    const nextId = next.take()
    if (nextId) show(nextId)
    else router.push(project.path(`/${kind}`))
  }
  useCommands([{ id: 'today', title: t('todayTitle'), keys: 'l', run: () => setIsListing(true) }])
  const revision = conversation.data?.revisions.at(-1)
  return (
    <>
      {conversation.error && !conversation.data && <ErrorState error={conversation.error} onRetry={conversation.refetch} />}
      {!conversation.error && (!conversation.data || !revision) && <SkeletonRows rows={14} label={t('loading')} />}
      {conversation.data && revision && (
        <Opened
          key={revision.id}
          conversation={conversation.data}
          revision={revision}
          // What is on screen, and what was written about it, stays when it could not be fetched anew.
          notice={conversation.error && <RefreshLine onRetry={() => void conversation.refetch()} />}
          onNext={goOn}
          onVerdict={give}
          reading={reading}
          onReading={setReading}
        />
      )}
      {isListing && <VerdictList onClose={() => setIsListing(false)} />}
    </>
  )
}
