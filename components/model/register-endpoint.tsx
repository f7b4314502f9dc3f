'use client'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { PasswordInput } from '#components/ui/password-input.tsx'
import { query } from '#lib/client/api.ts'
import { ModelForm } from './model-form.tsx'

/** Makes a model behind OpenAI's chat completions usable in every project; only admins may. */
export function RegisterEndpoint({ onClose }: { onClose: (changed: boolean) => void }) {
  const t = useTranslations('models')
  const [fields, setFields] = useState({ name: '', baseUrl: '', model: '', apiKey: '' })
  const register = useMutation(query.registerEndpoint.mutationOptions({ onSuccess: () => onClose(true) }))
  const field = (name: keyof typeof fields) => ({
    value: fields[name],
    onChange: (event: { target: { value: string } }) => setFields({ ...fields, [name]: event.target.value }),
    spellCheck: false,
  })
  return (
    <ModelForm
      title={t('registerEndpoint')}
      description={t('endpointHint')}
      isPending={register.isPending}
      error={register.error}
      onSubmit={() => register.mutate({ ...fields, apiKey: fields.apiKey || null })}
      onClose={() => onClose(false)}
    >
      <Field label={t('name')} required>
        <Input {...field('name')} maxLength={120} required />
      </Field>
      <Field label={t('address')} hint={t('addressHint')} required>
        <Input {...field('baseUrl')} type="url" required />
      </Field>
      <Field label={t('remoteName')} hint={t('remoteNameHint')} required>
        <Input {...field('model')} required />
      </Field>
      <Field label={t('apiKey')} hint={t('apiKeyHint')}>
        <PasswordInput {...field('apiKey')} autoComplete="off" />
      </Field>
    </ModelForm>
  )
}
