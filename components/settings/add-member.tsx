'use client'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type FormEvent, useId, useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { Dialog } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { query } from '#lib/client/api.ts'
import type { ProjectRole } from '#lib/domain/actor.ts'
import { RoleChoice } from './role-choice.tsx'
import { SecretOnce } from './secret-once.tsx'

type Props = { open: boolean; onOpenChange: (open: boolean) => void; onAdded: () => void }

/** Adds somebody by e-mail address; where there was no account, shows its one-time password. */
export function AddMember({ open, onOpenChange, onAdded }: Props) {
  const t = useTranslations('settings')
  const common = useTranslations('common')
  const { id: projectId } = useProject()
  const formId = useId()
  const [email, setEmail] = useState('')
  const [name, setName] = useState('')
  const [roles, setRoles] = useState<ProjectRole[]>(['labeller'])
  const add = useMutation(query.addMember.mutationOptions({ onSuccess: onAdded }))
  const close = () => {
    onOpenChange(false)
    add.reset()
    setEmail('')
    setName('')
    setRoles(['labeller'])
  }
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault()
    add.mutate({ projectId, email, name, roles }, { onSuccess: ({ oneTimePassword }) => oneTimePassword === null && close() })
  }
  const password = add.data?.oneTimePassword
  if (password) {
    return (
      <Dialog
        open={open}
        onOpenChange={close}
        title={t('accountMade', { email: add.data?.member.email ?? '' })}
        footer={<Button onClick={close}>{common('done')}</Button>}
      >
        <SecretOnce label={t('oneTimePassword')} value={password} hint={t('oneTimePasswordHint')} />
      </Dialog>
    )
  }
  return (
    <Dialog
      open={open}
      onOpenChange={(isOpen) => !isOpen && close()}
      title={t('addMember')}
      footer={
        <>
          <Button onClick={close}>{common('cancel')}</Button>
          <Button type="submit" form={formId} variant="primary" disabled={roles.length === 0} pending={add.isPending}>
            {t('addMember')}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={handleSubmit} className="flex flex-col gap-4">
        <Field label={t('email')} hint={t('memberEmailHint')} required>
          <Input type="email" value={email} onChange={(event) => setEmail(event.target.value)} required autoFocus autoComplete="off" />
        </Field>
        <Field label={t('name')}>
          <Input value={name} onChange={(event) => setName(event.target.value)} maxLength={100} autoComplete="off" />
        </Field>
        <RoleChoice value={roles} onChange={setRoles} />
        <Problem error={add.error} />
      </form>
    </Dialog>
  )
}
