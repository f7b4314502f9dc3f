'use client'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Button } from '#components/ui/button.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { query } from '#lib/client/api.ts'
import { SecretOnce } from './secret-once.tsx'

/** Gives an account a new one-time password, for an admin to hand over. */
export function ResetPassword({ userId, disabled = false }: { userId: string; disabled?: boolean }) {
  const t = useTranslations('settings')
  const reset = useMutation(query.resetPassword.mutationOptions())
  if (reset.data) return <SecretOnce label={t('oneTimePassword')} value={reset.data.password} hint={t('oneTimePasswordHint')} />
  return (
    <div>
      <Button pending={reset.isPending} disabled={disabled} onClick={() => reset.mutate({ id: userId })}>
        {t('resetPassword')}
      </Button>
      <p className="mt-1.5 text-ink-3 text-sm">{t('resetPasswordHint')}</p>
      <Problem error={reset.error} />
    </div>
  )
}
