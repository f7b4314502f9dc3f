'use client'
import { useTranslations } from 'next-intl'
import { type FormEvent, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { PasswordInput } from '#components/ui/password-input.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { api } from '#lib/client/api.ts'
import { signIn } from '#lib/client/sign-in.ts'

/** Makes the first admin of a new instance and signs them in. */
export function SetUpForm() {
  const t = useTranslations('auth')
  const [isPending, setIsPending] = useState(false)
  const [problem, setProblem] = useState<unknown>(null)
  const handleSubmit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    const [name, email, password] = ['name', 'email', 'password'].map((field) => String(fields.get(field)))
    setIsPending(true)
    setProblem(null)
    try {
      await api.createFirstAdmin({ name: name ?? '', email: email ?? '', password: password ?? '' })
      await signIn(email ?? '', password ?? '')
      window.location.assign('/')
    } catch (error) {
      setProblem(error)
      setIsPending(false)
    }
  }
  return (
    <form method="post" onSubmit={(event) => void handleSubmit(event)} className="space-y-4">
      <header className="mb-8">
        <h1 className="font-semibold text-xl">{t('setUp')}</h1>
        <p className="mt-1 text-ink-2">{t('setUpText')}</p>
      </header>
      <Field label={t('name')}>
        <Input name="name" autoComplete="name" required autoFocus />
      </Field>
      <Field label={t('email')}>
        <Input name="email" type="email" autoComplete="username" required />
      </Field>
      <Field label={t('password')} hint={t('passwordHint')}>
        <PasswordInput name="password" autoComplete="new-password" minLength={10} required />
      </Field>
      <Problem error={problem} />
      <Button type="submit" variant="primary" size="lg" pending={isPending} className="w-full">
        {t('createAdmin')}
      </Button>
    </form>
  )
}
