'use client'
import { useTranslations } from 'next-intl'
import { Button } from '#components/ui/button.tsx'
import { useErrorText } from '#components/ui/error-state.tsx'

/** The conversation cannot be taken into one's hands: why, and the way on. It can still be read. */
export function LostLease({ error, onNext }: { error: unknown; onNext: () => void }) {
  const t = useTranslations('review')
  const { title, next } = useErrorText()(error)
  return (
    <div role="alert" className="mx-auto mb-6 flex max-w-[46rem] flex-wrap items-center justify-between gap-3 border-changes border-l-2 pl-3">
      <p className="min-w-0">
        <span className="font-medium">{title}</span> <span className="text-ink-2">{next}</span>
      </p>
      <Button onClick={onNext}>{t('takeNext')}</Button>
    </div>
  )
}
