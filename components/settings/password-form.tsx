'use client'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type FormEvent, useRef } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Field } from '#components/ui/field.tsx'
import { PasswordInput } from '#components/ui/password-input.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { query } from '#lib/client/api.ts'

type Props = {
  /** Gets the number of other sign-ins that ended. */
  onDone: (endedSessions: number) => void
  /** The present password is the one-time password the person signed in with, and the page is for nothing else. */
  isFirst?: boolean
}

/** Present and new password. The present one is asked for even right after sign-in: a session alone must not be enough to take an account over. */
export function PasswordForm({ onDone, isFirst = false }: Props) {
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
      <Field label={t(isFirst ? 'oneTimePassword' : 'currentPassword')} hint={isFirst && t('oneTimePasswordAgain')} required>
        <PasswordInput name="current" autoComplete="current-password" required />
      </Field>
      <Field label={t('newPassword')} hint={t('newPasswordHint')} required>
        <PasswordInput name="new" autoComplete="new-password" minLength={10} maxLength={200} required />
      </Field>
      <Problem error={change.error} />
      <Button
        type="submit"
        variant={isFirst ? 'primary' : 'secondary'}
        size={isFirst ? 'lg' : 'md'}
        className={isFirst ? 'w-full' : 'self-start'}
        pending={change.isPending}
      >
        {t('changePassword')}
      </Button>
    </form>
  )
}
