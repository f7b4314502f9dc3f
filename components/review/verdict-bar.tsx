'use client'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Input } from '#components/ui/input.tsx'
import { LeaseLine } from '#components/write/lease-line.tsx'
import type { Verdict } from '#lib/domain/review.ts'

type Props = {
  summary: string
  onSummary: (text: string) => void
  onVerdict: (verdict: Verdict) => void
  onComment: () => void
  onFix: () => void
  abilities: { review: boolean; adjudicate: boolean }
  conversationId: string
  lease: { id: string; expiresAt: string } | null
  /** What there is to say about the page itself. */
  notice?: ReactNode
}

/** The four verdicts with their keys; a manager deciding an escalation has two. */
export function VerdictBar({ summary, onSummary, onVerdict, onComment, onFix, abilities, conversationId, lease, notice }: Props) {
  const t = useTranslations('review')
  if (!abilities.review && !abilities.adjudicate) {
    return <footer className="sticky bottom-0 border-t bg-surface-0 px-6 py-3 text-ink-3 max-rail:bottom-14">{t('notYours')}</footer>
  }
  return (
    <footer className="sticky bottom-0 z-10 flex flex-wrap items-center gap-2 border-t bg-surface-0 px-4 py-2.5 sm:px-6 max-rail:bottom-14">
      {notice}
      <Input
        aria-label={t('summary')}
        placeholder={t('summary')}
        className="h-8 min-w-40 flex-1"
        value={summary}
        onChange={(event) => onSummary(event.target.value)}
      />
      {lease && <LeaseLine conversationId={conversationId} assignment={lease} />}
      <Button keys="c" onClick={onComment}>
        {t('comment')}
      </Button>
      {abilities.review && (
        <>
          <Button keys="f" onClick={onFix} className="max-sm:hidden">
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
    </footer>
  )
}
