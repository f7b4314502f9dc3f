'use client'
import { useLocale, useTranslations } from 'next-intl'
import type { SaveState } from '#lib/client/draft-state.ts'

/** Where the text is, told truthfully and politely. */
export function SaveLine({ state }: { state: SaveState }) {
  const t = useTranslations('write')
  const locale = useLocale()
  const text = () => {
    if (state.kind === 'saved') return t('saved', { time: new Date(state.at).toLocaleTimeString(locale, { hour12: false }) })
    if (state.kind === 'saving') return t('saving')
    if (state.kind === 'conflict') return t('editedElsewhere')
    if (state.kind === 'failed') return state.code === 'illegal-transition' ? t('closedElsewhere') : t('notSaved', { message: state.message })
    return t(state.kind === 'offline' ? (state.isKept ? 'offline' : 'offlineAtRisk') : 'signedOut')
  }
  return (
    <span
      role="status"
      aria-live="polite"
      data-testid="save-state"
      data-state={state.kind}
      className={state.kind === 'saved' || state.kind === 'saving' ? 'text-ink-3' : 'text-changes'}
    >
      {text()}
    </span>
  )
}
