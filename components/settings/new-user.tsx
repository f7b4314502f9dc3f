'use client'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type FormEvent, useId, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { Dialog } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { query } from '#lib/client/api.ts'
import { SecretOnce } from './secret-once.tsx'

type Props = { open: boolean; onOpenChange: (open: boolean) => void; onMade: () => void }

/** Makes an account; its one-time password is shown once. */
export function NewUser({ open, onOpenChange, onMade }: Props) {
  const t = useTranslations('settings')
  const common = useTranslations('common')
  const formId = useId()
  const [isAdmin, setIsAdmin] = useState(false)
  const make = useMutation(query.createUser.mutationOptions({ onSuccess: onMade }))
  const close = () => {
    onOpenChange(false)
    make.reset()
    setIsAdmin(false)
  }
  const handleSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    make.mutate({ email: String(fields.get('email')), name: String(fields.get('name')), isAdmin })
  }
  if (make.data) {
    return (
      <Dialog
        open={open}
        onOpenChange={close}
        title={t('accountMade', { email: make.data.email })}
        footer={<Button onClick={close}>{common('done')}</Button>}
      >
        <SecretOnce label={t('oneTimePassword')} value={make.data.password} hint={t('oneTimePasswordHint')} />
      </Dialog>
    )
  }
  return (
    <Dialog
      open={open}
      onOpenChange={(isOpen) => !isOpen && close()}
      title={t('newUser')}
      footer={
        <>
          <Button onClick={close}>{common('cancel')}</Button>
          <Button type="submit" form={formId} variant="primary" pending={make.isPending}>
            {t('newUser')}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={handleSubmit} className="flex flex-col gap-4">
        <Field label={t('email')} required>
          <Input name="email" type="email" required autoFocus autoComplete="off" />
        </Field>
        <Field label={t('name')} required>
          <Input name="name" required maxLength={100} autoComplete="off" />
        </Field>
        <Checkbox label={t('admin')} hint={t('adminHint')} checked={isAdmin} onChange={(event) => setIsAdmin(event.target.checked)} />
        <Problem error={make.error} />
      </form>
    </Dialog>
  )
}
