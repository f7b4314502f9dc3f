'use client'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useMe } from '#components/frame/use-me.ts'
import { Button } from '#components/ui/button.tsx'
import { Switch } from '#components/ui/checkbox.tsx'
import { Dialog } from '#components/ui/dialog.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { query } from '#lib/client/api.ts'
import type { User } from './people-page.tsx'
import { ResetPassword } from './reset-password.tsx'

type Props = { user: User; onClose: () => void; onChanged: () => void }

/** One account: admin or not, open or closed, a new one-time password. */
export function EditUser({ user: given, onClose, onChanged }: Props) {
  const t = useTranslations('settings')
  const common = useTranslations('common')
  const me = useMe()
  const [user, setUser] = useState(given)
  const update = useMutation(
    query.updateUser.mutationOptions({
      onSuccess: (updated) => {
        setUser(updated)
        onChanged()
      },
    }),
  )
  const isSelf = user.id === me.id
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={user.name || user.email}
      description={user.email}
      footer={<Button onClick={onClose}>{common('done')}</Button>}
    >
      <div className="flex flex-col gap-5">
        <Switch
          label={t('admin')}
          hint={t('adminHint')}
          checked={user.isAdmin}
          disabled={isSelf || update.isPending}
          onChange={(event) => update.mutate({ id: user.id, isAdmin: event.target.checked })}
        />
        <Switch
          label={t('accountOpen')}
          hint={t('accountOpenHint')}
          checked={user.disabledAt === null}
          disabled={isSelf || update.isPending}
          onChange={(event) => update.mutate({ id: user.id, isDisabled: !event.target.checked })}
        />
        <ResetPassword userId={user.id} disabled={isSelf} />
        <Problem error={update.error} />
      </div>
    </Dialog>
  )
}
