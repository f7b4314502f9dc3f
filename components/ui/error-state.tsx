'use client'
import { useLocale, useTranslations } from 'next-intl'
import { isApiError, isOffline } from '#lib/client/api.ts'
import { isPassing } from '#lib/client/recovery.ts'
import { Button } from './button.tsx'
import { useRecovery } from './use-recovery.ts'

/** What happened and what to do next, in the reader's language; `detail` is the operation's own sentence (English) where it says more. */
export function useErrorText(): (error: unknown) => { title: string; next: string; detail: string | null } {
  const t = useTranslations('errors')
  const locale = useLocale()
  return (error) => {
    if (!isApiError(error)) {
      const key = isOffline(error) ? 'offline' : 'internal'
      return { title: t(`${key}.title`), next: t(`${key}.next`), detail: null }
    }
    const code = t.has(`${error.code}.title`) ? error.code : 'internal'
    // An operation's own sentence is more exact than the general advice, but it exists in English only.
    if (locale === 'en' && error.message) return { title: t(`${code}.title`), next: error.message, detail: null }
    return { title: t(`${code}.title`), next: t(`${code}.next`), detail: error.message || null }
  }
}

/** Something could not be fetched or done: what happened, what to do, and a retry, which comes by itself where the failure may pass. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const t = useTranslations('common')
  const { title, next, detail } = useErrorText()(error)
  const recovers = onRetry !== undefined && isPassing(error)
  useRecovery(() => onRetry?.(), recovers)
  return (
    <div role="alert" className="flex flex-col items-start gap-1 py-10">
      <p className="font-medium text-md">{title}</p>
      <p className="max-w-read text-ink-2">{next}</p>
      {detail && <p className="max-w-read text-ink-3 text-sm">{detail}</p>}
      {recovers && <p className="max-w-read text-ink-2">{t('recovering')}</p>}
      {onRetry && (
        <Button className="mt-4" onClick={onRetry}>
          {t('retry')}
        </Button>
      )}
    </div>
  )
}
