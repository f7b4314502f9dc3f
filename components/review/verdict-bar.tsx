'use client'
import { useTranslations } from 'next-intl'
import type { ReactNode, Ref } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Input } from '#components/ui/input.tsx'
import { WorkBar } from '#components/ui/work-bar.tsx'
import { LeaseLine } from '#components/write/lease-line.tsx'
import type { Verdict } from '#lib/domain/review.ts'

type Props = {
  summary: string
  onSummary: (text: string) => void
  summaryRef: Ref<HTMLInputElement>
  /** The summary is to say why a manager should decide. */
  asksWhy: boolean
  onVerdict: (verdict: Verdict) => void
  /** Goes on to what waits next. */
  onNext: () => void
  onComment: () => void
  onFix: () => void
  onSkip: () => void
  abilities: { review: boolean; adjudicate: boolean }
  conversationId: string
  lease: { id: string; expiresAt: string } | null
  /** What there is to say about the page itself. */
  notice?: ReactNode
}

/** The four verdicts with their keys; a manager deciding an escalation has two. */
export function VerdictBar({ onVerdict, onNext, onComment, onFix, onSkip, abilities, conversationId, lease, notice, ...summary }: Props) {
  const t = useTranslations('review')
  if (!abilities.review && !abilities.adjudicate) {
    return (
      <WorkBar>
        <p className="flex-1 text-ink-3">{t('notYours')}</p>
        <Button variant="primary" onClick={onNext}>
          {t('next')}
        </Button>
      </WorkBar>
    )
  }
  return (
    <WorkBar className="max-sm:[&>button]:grow">
      {notice}
      <Summary {...summary} onWhy={() => onVerdict('escalate')} />
      {lease && <LeaseLine conversationId={conversationId} assignment={lease} />}
      {lease && (
        <Button keys="u" variant="quiet" onClick={onSkip}>
          {t('skip')}
        </Button>
      )}
      <Button keys="c" onClick={onComment}>
        {t('comment')}
      </Button>
      {abilities.review && (
        <>
          <Button keys="f" onClick={onFix}>
            {t('fix')}
          </Button>
          <Button keys="e" onClick={() => onVerdict('escalate')}>
            {t('verdict.escalate')}
          </Button>
          <Button keys="r" onClick={() => onVerdict('request-changes')}>
            {t('verdict.request-changes')}
          </Button>
        </>
      )}
      <Button keys="x" variant="danger" onClick={() => onVerdict('reject')}>
        {t('verdict.reject')}
      </Button>
      <Button keys="a" variant="primary" onClick={() => onVerdict('approve')}>
        {t('verdict.approve')}
      </Button>
    </WorkBar>
  )
}

function Summary({
  summary,
  onSummary,
  summaryRef,
  asksWhy,
  onWhy,
}: Pick<Props, 'summary' | 'onSummary' | 'summaryRef' | 'asksWhy'> & { onWhy: () => void }) {
  const t = useTranslations('review')
  return (
    <>
      {asksWhy && (
        <p id="why-escalate" role="alert" className="basis-full text-sm">
          <span className="font-medium text-changes">{t('reasonFirst')}</span> <span className="text-ink-2">{t('reasonFirstHint')}</span>
        </p>
      )}
      <Input
        ref={summaryRef}
        aria-label={t(asksWhy ? 'reason' : 'summary')}
        aria-describedby={asksWhy ? 'why-escalate' : undefined}
        aria-invalid={(asksWhy && summary.trim() === '') || undefined}
        placeholder={t(asksWhy ? 'reason' : 'summary')}
        className="min-w-40 flex-1 max-sm:basis-full"
        value={summary}
        onChange={(event) => onSummary(event.target.value)}
        onKeyDown={(event) => {
          if (!asksWhy || event.key !== 'Enter' || event.nativeEvent.isComposing) return
          event.preventDefault()
          onWhy()
        }}
      />
    </>
  )
}
