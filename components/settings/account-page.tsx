'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useLocale, useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import { useMe } from '#components/frame/use-me.ts'
import { usePreferences } from '#components/frame/use-preferences.ts'
import { Button } from '#components/ui/button.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input, Select } from '#components/ui/input.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { Section } from '#components/ui/section.tsx'
import { notify } from '#components/ui/toast.tsx'
import { query } from '#lib/client/api.ts'
import { asTheme, THEMES } from '#lib/web/theme.ts'
import { PasswordForm } from './password-form.tsx'

function Profile() {
  const t = useTranslations('settings')
  const me = useMe()
  const client = useQueryClient()
  const [name, setName] = useState(me.name)
  const save = useMutation(
    query.updateMe.mutationOptions({
      onSuccess: async () => {
        await client.invalidateQueries({ queryKey: query.getMe.key() })
        notify(t('profileSaved'))
      },
    }),
  )
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate({ name })
  }
  return (
    <Section title={t('profile')} hint={t('profileHint')}>
      <form onSubmit={handleSubmit} className="flex max-w-sm flex-col gap-4">
        <Field label={t('email')}>
          <Input value={me.email} readOnly className="bg-surface-1 text-ink-2" />
        </Field>
        <Field label={t('name')} required>
          <Input value={name} onChange={(event) => setName(event.target.value)} maxLength={100} autoComplete="name" />
        </Field>
        <Problem error={save.error} />
        <Button type="submit" className="self-start" disabled={!name.trim() || name === me.name} pending={save.isPending}>
          {t('saveName')}
        </Button>
      </form>
    </Section>
  )
}

function Appearance() {
  const t = useTranslations('settings')
  const nav = useTranslations('nav')
  const locale = useLocale()
  const { theme, setTheme, setLocale } = usePreferences()
  return (
    <Section title={t('appearance')} hint={t('appearanceHint')}>
      <div className="grid grid-cols-1 max-w-sm gap-4 sm:grid-cols-2">
        <Field label={t('language')}>
          <Select value={locale} onChange={(event) => setLocale(event.target.value === 'zh' ? 'zh' : 'en')}>
            <option value="en" lang="en">
              English
            </option>
            <option value="zh" lang="zh-Hans">
              简体中文
            </option>
          </Select>
        </Field>
        <Field label={t('theme')}>
          <Select value={theme} onChange={(event) => setTheme(asTheme(event.target.value))}>
            {THEMES.map((option) => (
              <option key={option} value={option}>
                {nav(`theme.${option}`)}
              </option>
            ))}
          </Select>
        </Field>
      </div>
    </Section>
  )
}

function SignIns() {
  const t = useTranslations('settings')
  const signOut = useMutation(query.signOutEverywhere.mutationOptions({ onSuccess: () => window.location.assign('/sign-in') }))
  return (
    <Section title={t('signIns')} hint={t('signInsHint')}>
      <Problem error={signOut.error} />
      <Button pending={signOut.isPending} onClick={() => signOut.mutate({})}>
        {t('signOutEverywhere')}
      </Button>
    </Section>
  )
}

/** The own account: name, appearance, password, sign-ins. */
export function AccountPage() {
  const t = useTranslations('settings')
  return (
    <>
      <Profile />
      <Appearance />
      <Section title={t('password')} hint={t('passwordHint')}>
        <PasswordForm onDone={(endedSessions) => notify(t('passwordChanged'), t('endedSessions', { count: endedSessions }))} />
      </Section>
      <SignIns />
    </>
  )
}
