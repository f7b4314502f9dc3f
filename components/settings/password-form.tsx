'use client'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type FormEvent, useRef } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { query } from '#lib/client/api.ts'

/** Present and new password; `onDone` gets the number of other sign-ins that ended. */
export function PasswordForm({ onDone }: { onDone: (endedSessions: number) => void }) {
  const t = useTranslations('settings')
  const form = useRef<HTMLFormElement>(null)
  const change = useMutation(
    query.changePassword.mutationOptions({
      onSuccess: ({ endedSessions }) => {
        form.current?.reset()
        onDone(endedSessions)
      },
    }),
  )
  const handleSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    change.mutate({ currentPassword: String(fields.get('current')), newPassword: String(fields.get('new')) })
  }
  return (
    <form ref={form} method="post" onSubmit={handleSubmit} className="flex max-w-sm flex-col gap-4">
      <Field label={t('currentPassword')} required>
        <Input name="current" type="password" autoComplete="current-password" required />
      </Field>
      <Field label={t('newPassword')} hint={t('newPasswordHint')} required>
        <Input name="new" type="password" autoComplete="new-password" minLength={10} maxLength={200} required />
      </Field>
      <Problem error={change.error} />
      <Button type="submit" className="self-start" pending={change.isPending}>
        {t('changePassword')}
      </Button>
    </form>
  )
}
