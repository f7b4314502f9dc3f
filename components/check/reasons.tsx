'use client'
import { useTranslations } from 'next-intl'
import type { Acknowledgement } from '#lib/domain/check/acknowledgement.ts'
import { PATTERN_PREFIX } from '#lib/domain/check/finding.ts'
import type { CheckId } from '#lib/domain/check/table.ts'
import type { Message } from '#lib/domain/conversation.ts'

/** What the checks warned of and the writer let stand, with their reasons; nothing where there is none. */
export function Reasons({ given, messages }: { given: readonly Acknowledgement[]; messages: readonly Message[] }) {
  const t = useTranslations('checks')
  if (given.length === 0) return null
  const nameOf = (check: string): string => {
    if (check.startsWith(PATTERN_PREFIX)) return check.slice(PATTERN_PREFIX.length)
    return check === 'phrase' ? t('found.phrase') : t(`name.${check as CheckId}`)
  }
  return (
    <section aria-label={t('letStand')} className="mb-4 border-changes border-l-2 pl-3 text-sm">
      <h2 className="text-ink-3">{t('letStand')}</h2>
      <ul>
        {given.map(({ check, message, quote, reason }) => (
          <li key={JSON.stringify([check, message, quote])} className="break-words py-0.5">
            <span className="text-ink-3">{t('inMessage', { position: messages.findIndex(({ id }) => id === message) + 1 })}: </span>
            {nameOf(check)} <q className="text-ink-2">{quote}</q>. {reason}
          </li>
        ))}
      </ul>
    </section>
  )
}
