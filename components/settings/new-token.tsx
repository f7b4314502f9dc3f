'use client'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type FormEvent, useId, useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { Dialog } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input, Select } from '#components/ui/input.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { query } from '#lib/client/api.ts'
import { type Action, readingActions, tokenActions } from '#lib/domain/policy.ts'
import { SecretOnce } from './secret-once.tsx'

const LIFETIMES_DAYS = [7, 30, 90, 365] as const

/** Actions by their noun, as the checkboxes stand. */
function byNoun(actions: readonly string[]): [string, string[]][] {
  const groups = new Map<string, string[]>()
  for (const action of actions) {
    const noun = action.split(':')[0] ?? action
    groups.set(noun, [...(groups.get(noun) ?? []), action])
  }
  return [...groups]
}

function ActionChoice({ offered, value, onChange }: { offered: readonly Action[]; value: readonly string[]; onChange: (actions: string[]) => void }) {
  const t = useTranslations('settings')
  return (
    <fieldset>
      <legend className="mb-2 flex w-full items-center gap-3 font-medium text-sm">
        {t('tokenMay')}
        <Button size="sm" variant="quiet" onClick={() => onChange(readingActions(offered))}>
          {t('onlyRead')}
        </Button>
        <Button size="sm" variant="quiet" onClick={() => onChange([...offered])}>
          {t('everything')}
        </Button>
      </legend>
      <div className="grid grid-cols-1 gap-x-6 gap-y-3 sm:grid-cols-3">
        {byNoun(offered).map(([noun, actions]) => (
          <div key={noun} className="flex flex-col gap-1">
            {actions.map((action) => (
              <Checkbox
                key={action}
                label={<code className="font-mono text-sm">{action}</code>}
                checked={value.includes(action)}
                onChange={(event) => onChange(event.target.checked ? [...value, action] : value.filter((other) => other !== action))}
              />
            ))}
          </div>
        ))}
      </div>
    </fieldset>
  )
}

type Props = { open: boolean; onOpenChange: (open: boolean) => void; onMade: () => void }

/** Makes a token that can do a part of what its owner can, for a time; shows it once. */
export function NewToken({ open, onOpenChange, onMade }: Props) {
  const t = useTranslations('settings')
  const common = useTranslations('common')
  const { id: projectId, roles } = useProject()
  const formId = useId()
  const offered = tokenActions(roles)
  const [name, setName] = useState('')
  const [days, setDays] = useState(90)
  const [actions, setActions] = useState<string[]>(() => readingActions(offered))
  const make = useMutation(query.createApiToken.mutationOptions({ onSuccess: onMade }))
  const close = () => {
    onOpenChange(false)
    make.reset()
    setName('')
  }
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault()
    make.mutate({ projectId, name, actions, expiresInDays: days })
  }
  if (make.data) {
    const { token } = make.data
    return (
      <Dialog open={open} onOpenChange={close} title={t('tokenMade')} footer={<Button onClick={close}>{common('done')}</Button>}>
        <SecretOnce label={make.data.name} value={token} hint={t('tokenHint')} />
        <p className="mt-4 mb-1 font-medium text-sm">{t('tryIt')}</p>
        <pre tabIndex={0} className="overflow-x-auto rounded-md bg-surface-2 px-3 py-2 font-mono text-sm">
          {`curl -H "Authorization: Bearer ${token}" \\\n  ${window.location.origin}/api/v1/me`}
        </pre>
      </Dialog>
    )
  }
  return (
    <Dialog
      open={open}
      onOpenChange={(isOpen) => !isOpen && close()}
      title={t('newToken')}
      size="lg"
      footer={
        <>
          <Button onClick={close}>{common('cancel')}</Button>
          <Button type="submit" form={formId} variant="primary" disabled={actions.length === 0} pending={make.isPending}>
            {t('makeToken')}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={handleSubmit} className="flex flex-col gap-5">
        <div className="grid grid-cols-1 gap-4 sm:grid-cols-[1fr_12rem]">
          <Field label={t('name')} hint={t('tokenNameHint')} required>
            <Input value={name} onChange={(event) => setName(event.target.value)} maxLength={100} required autoFocus />
          </Field>
          <Field label={t('expires')}>
            <Select value={days} onChange={(event) => setDays(Number(event.target.value))}>
              {LIFETIMES_DAYS.map((option) => (
                <option key={option} value={option}>
                  {t('days', { count: option })}
                </option>
              ))}
            </Select>
          </Field>
        </div>
        <ActionChoice offered={offered} value={actions} onChange={setActions} />
        <Problem error={make.error} />
      </form>
    </Dialog>
  )
}
