'use client'
import { useTranslations } from 'next-intl'
import { Button } from './button.tsx'

/** What is on screen could not be fetched anew. Said in a line, for the work in hand goes on. */
export function RefreshLine({ onRetry }: { onRetry: () => void }) {
  const t = useTranslations('common')
  return (
    <span role="status" className="flex items-center gap-2 text-changes text-sm">
      {t('notRefreshed')}
      <Button size="sm" variant="quiet" onClick={onRetry}>
        {t('retry')}
      </Button>
    </span>
  )
}
