'use client'
import { useTranslations } from 'next-intl'
import { Button } from '#components/ui/button.tsx'
import { Page } from '#components/ui/page-header.tsx'

/** A page failed; the frame around it still works. */
export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const t = useTranslations('common')
  return (
    <Page width="read">
      <div role="alert" className="flex flex-col items-start gap-1 py-10">
        <h1 className="font-semibold text-lg">{t('pageFailedTitle')}</h1>
        <p className="text-ink-2">{t('pageFailedText')}</p>
        {error.digest && <p className="text-ink-3 text-sm">{t('pageFailedId', { id: error.digest })}</p>}
        <Button variant="primary" className="mt-4" onClick={reset}>
          {t('retry')}
        </Button>
      </div>
    </Page>
  )
}
