'use client'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { query } from '#lib/client/api.ts'
import { ModelForm } from './model-form.tsx'

/** Makes a folder on the server a base model of this project. */
export function RegisterFolder({ onClose }: { onClose: (changed: boolean) => void }) {
  const t = useTranslations('models')
  const { id: projectId } = useProject()
  const [name, setName] = useState('')
  const [path, setPath] = useState('')
  const [licence, setLicence] = useState('')
  const register = useMutation(query.registerModel.mutationOptions({ onSuccess: () => onClose(true) }))
  return (
    <ModelForm
      title={t('registerFolder')}
      description={t('folderHint')}
      isPending={register.isPending}
      error={register.error}
      onSubmit={() => register.mutate({ projectId, name, path, licence })}
      onClose={() => onClose(false)}
    >
      <Field label={t('name')} required>
        <Input value={name} onChange={(event) => setName(event.target.value)} maxLength={120} required />
      </Field>
      <Field label={t('path')} hint={t('pathHint')} required>
        <Input className="font-mono" value={path} onChange={(event) => setPath(event.target.value)} required spellCheck={false} />
      </Field>
      <Field label={t('licence')} hint={t('licenceHint')}>
        <Input value={licence} onChange={(event) => setLicence(event.target.value)} maxLength={100} />
      </Field>
    </ModelForm>
  )
}
