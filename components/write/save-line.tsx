'use client'
import { useLocale, useTranslations } from 'next-intl'
import { useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import type { SaveState } from '#lib/client/draft-state.ts'
import { signOut } from '#lib/client/sign-in.ts'

/** For the author whose device somebody else has signed in on: ends that sign-in, and comes back to this text after their own. */
function SignInAgain() {
  const t = useTranslations('write')
  const [isLeaving, setIsLeaving] = useState(false)
  const leave = () => {
    setIsLeaving(true)
    const go = () => window.location.assign(`/sign-in?to=${encodeURIComponent(window.location.pathname)}`)
    void signOut().then(go, go)
  }
  return (
    <Button size="sm" pending={isLeaving} onClick={leave}>
      {t('signInAgain')}
    </Button>
  )
}

/** Where the text is, told truthfully and politely. */
export function SaveLine({ state }: { state: SaveState }) {
  const t = useTranslations('write')
  const locale = useLocale()
  const text = () => {
    if (state.kind === 'saved') return t('saved', { time: new Date(state.at).toLocaleTimeString(locale, { hour12: false }) })
    if (state.kind === 'saving') return t('saving')
    if (state.kind === 'conflict') return t('editedElsewhere')
    if (state.kind === 'failed') return state.code === 'illegal-transition' ? t('closedElsewhere') : t('notSaved', { message: state.message })
    if (state.kind === 'other-person') return t(state.isKept ? 'otherPerson' : 'otherPersonAtRisk', { name: state.name })
    return t(state.kind === 'offline' ? (state.isKept ? 'offline' : 'offlineAtRisk') : 'signedOut')
  }
  return (
    <>
      <span
        role="status"
        aria-live="polite"
        data-testid="save-state"
        data-state={state.kind}
        className={state.kind === 'saved' || state.kind === 'saving' ? 'text-ink-3' : 'text-changes'}
      >
        {text()}
      </span>
      {/* Where this device could not keep the text either, leaving would lose it. */}
      {state.kind === 'other-person' && state.isKept && <SignInAgain />}
    </>
  )
}
