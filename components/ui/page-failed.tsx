'use client'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { startTransition } from 'react'
import { Button } from './button.tsx'
import { Page } from './page-header.tsx'
import { useRecovery } from './use-recovery.ts'

/** In the place of a page that could not be made: it says so, and comes back by itself once the database does. */
export function PageFailed({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const t = useTranslations('common')
  const router = useRouter()
  // What the server sent is asked for anew; `reset` alone would draw the same failure again.
  const retry = () =>
    startTransition(() => {
      router.refresh()
      reset()
    })
  useRecovery(retry, true)
  return (
    <Page width="read">
      <div role="alert" className="flex flex-col items-start gap-1 py-10">
        <h1 className="font-semibold text-lg">{t('pageFailedTitle')}</h1>
        <p className="text-ink-2">{t('pageFailedText')}</p>
        <p className="text-ink-2">{t('recovering')}</p>
        {error.digest && <p className="text-ink-3 text-sm">{t('pageFailedId', { id: error.digest })}</p>}
        <Button variant="primary" className="mt-4" onClick={retry}>
          {t('retry')}
        </Button>
      </div>
    </Page>
  )
}
