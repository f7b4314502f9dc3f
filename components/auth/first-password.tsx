'use client'
import { useTranslations } from 'next-intl'
import { PasswordForm } from '#components/settings/password-form.tsx'

/** Replaces the one-time password, then goes on to where the person wanted to be. */
export function FirstPassword({ to }: { to: string }) {
  const t = useTranslations('auth')
  return (
    <>
      <header className="mb-8">
        <h1 className="font-semibold text-xl">{t('choosePassword')}</h1>
        <p className="mt-1 text-ink-2">{t('choosePasswordText')}</p>
      </header>
      <PasswordForm isFirst onDone={() => window.location.assign(to)} />
    </>
  )
}
