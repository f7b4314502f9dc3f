'use client'
import Link from 'next/link'
import { useLocale, useTranslations } from 'next-intl'
import { isApiError, isOffline } from '#lib/client/api.ts'
import { isPassing } from '#lib/client/recovery.ts'
import { ERRORS, type ErrorCode } from '#lib/domain/errors.ts'
import type { InputFault } from '#lib/domain/input-fault.ts'
import type { Facts } from '#lib/domain/training/finding.ts'
import { Button } from './button.tsx'
import { type ToldIssue, useInputFault } from './use-input-fault.ts'
import { useRecovery } from './use-recovery.ts'

/** A finding that came with a refusal (`ToldFinding`). Without zod, which every page would load for this. */
const toldBy = (data: unknown) => (data as { finding?: { group: string; code: string; facts: Facts } } | undefined)?.finding

/**
 * What happened, and all that is known of why and what to do next: show both. An operation's own sentence is the most exact, but it exists
 * in English only; in another language it follows the general advice.
 */
export function useErrorText(): (error: unknown) => { title: string; next: string } {
  const t = useTranslations('errors')
  // Its keys come from a closed list that a test compares with both languages.
  const finding = useTranslations('runs.finding') as unknown as { (key: string, values: Facts): string; has(key: string): boolean }
  const locale = useLocale()
  const { sentencesOf, toldOf } = useInputFault()
  return (error) => {
    if (!isApiError(error)) {
      const key = isOffline(error) ? 'offline' : 'internal'
      return { title: t(`${key}.title`), next: t(`${key}.next`) }
    }
    const told = toldBy(error.data)
    const { issues, fault } = (error.data ?? {}) as { issues?: ToldIssue[]; fault?: InputFault }
    const code = t.has(`${error.code}.title`) ? error.code : 'internal'
    const key = `${told?.group}.${told?.code}`
    if (told && finding.has(`${key}.message`)) {
      const [message, cure] = [finding(`${key}.message`, told.facts), finding(`${key}.cure`, told.facts)]
      return { title: t(`${code}.title`), next: `${message} ${cure}` }
    }
    if (error.code === 'invalid-input' && issues) return { title: t(`${code}.title`), next: sentencesOf(issues) }
    if (fault) return { title: t(`${code}.title`), next: toldOf({ fault, message: error.message }) }
    // A refusal without a sentence of its own carries the title of its code, which is said already.
    const own = code in ERRORS && error.message === ERRORS[code as ErrorCode].title ? '' : error.message
    const sentences = locale === 'en' && own ? [own] : [t(`${code}.next`), own]
    return { title: t(`${code}.title`), next: sentences.filter(Boolean).join(' ') }
  }
}

/** Something could not be fetched or done: what happened, what to do, and a retry, which comes by itself where the failure may pass. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const t = useTranslations('common')
  const { title, next } = useErrorText()(error)
  const recovers = onRetry !== undefined && isPassing(error)
  useRecovery(() => onRetry?.(), recovers)
  // Asking again changes nothing about what one may do.
  const isForbidden = isApiError(error) && error.code === 'forbidden'
  return (
    <div role="alert" className="flex flex-col items-start gap-1 py-10">
      <p className="font-medium text-md">{title}</p>
      <p className="max-w-read text-ink-2">{next}</p>
      {recovers && <p className="max-w-read text-ink-2">{t('recovering')}</p>}
      {isForbidden ? (
        <Button asChild className="mt-4">
          <Link href="/">{t('toStart')}</Link>
        </Button>
      ) : (
        onRetry && (
          <Button className="mt-4" onClick={onRetry}>
            {t('retry')}
          </Button>
        )
      )}
    </div>
  )
}
