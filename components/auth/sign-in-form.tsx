'use client'
import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { PasswordInput } from '#components/ui/password-input.tsx'
import { signIn } from '#lib/client/sign-in.ts'

const MINUTE_SECONDS = 60

/** E-mail and password; afterwards back to where the person wanted to be. */
export function SignInForm({ to }: { to: string }) {
  const t = useTranslations('auth')
  const [isPending, setIsPending] = useState(false)
  const [problem, setProblem] = useState('')
  const handleSubmit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    setIsPending(true)
    setProblem('')
    const outcome = await signIn(String(fields.get('email')), String(fields.get('password')))
    if (outcome.ok) return window.location.assign(to)
    setIsPending(false)
    if (outcome.reason === 'rate-limited')
      setProblem(t('rateLimited', { minutes: Math.ceil((outcome.waitSeconds ?? MINUTE_SECONDS) / MINUTE_SECONDS) }))
    else setProblem(t(outcome.reason))
  }
  return (
    // Without scripts a GET would put the password into the address.
    <form method="post" onSubmit={(event) => void handleSubmit(event)} className="space-y-4">
      <header className="mb-8">
        <h1 className="font-semibold text-xl">Exemplar</h1>
        <p className="mt-1 text-ink-2">{t('welcome')}</p>
      </header>
      <Field label={t('email')}>
        <Input name="email" type="email" autoComplete="username" required autoFocus />
      </Field>
      <Field label={t('password')}>
        <PasswordInput name="password" autoComplete="current-password" required />
      </Field>
      <p role="alert" className="min-h-6 text-rejected">
        {problem}
      </p>
      <Button type="submit" variant="primary" size="lg" pending={isPending} className="w-full">
        {t('signIn')}
      </Button>
    </form>
  )
}
