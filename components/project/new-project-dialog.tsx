'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Dialog } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input, Select, Textarea } from '#components/ui/input.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { query } from '#lib/client/api.ts'

type Props = { open: boolean; onOpenChange: (open: boolean) => void }

/** Creates a project; whoever makes it manages it. */
export function NewProjectDialog({ open, onOpenChange }: Props) {
  const t = useTranslations('settings')
  const router = useRouter()
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const [language, setLanguage] = useState<'en' | 'zh'>('en')
  const create = useMutation(
    query.createProject.mutationOptions({
      onSuccess: async ({ slug }) => {
        await client.invalidateQueries({ queryKey: query.getMe.key() })
        onOpenChange(false)
        router.push(`/p/${slug}`)
        router.refresh()
      },
    }),
  )
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={t('newProject')}
      footer={
        <Button variant="primary" disabled={!name.trim()} pending={create.isPending} onClick={() => create.mutate({ name, description, language })}>
          {t('create')}
        </Button>
      }
    >
      <div className="space-y-4">
        <Field label={t('projectName')} required>
          <Input value={name} onChange={(event) => setName(event.target.value)} autoFocus />
        </Field>
        <Field label={t('description')}>
          <Textarea value={description} onChange={(event) => setDescription(event.target.value)} />
        </Field>
        <Field label={t('mainLanguage')}>
          <Select value={language} onChange={(event) => setLanguage(event.target.value === 'zh' ? 'zh' : 'en')}>
            <option value="en">English</option>
            <option value="zh">中文</option>
          </Select>
        </Field>
        <Problem error={create.error} />
      </div>
    </Dialog>
  )
}
