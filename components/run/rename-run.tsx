'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type FormEvent, useId, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Dialog } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { query } from '#lib/client/api.ts'

/** Gives a run another name. */
export function RenameRun({ runId, name: before, onClose }: { runId: string; name: string; onClose: () => void }) {
  const t = useTranslations('runs')
  const common = useTranslations('common')
  const formId = useId()
  const client = useQueryClient()
  const [name, setName] = useState(before)
  const rename = useMutation(
    query.renameRun.mutationOptions({
      onSuccess: async (run) => {
        client.setQueryData(query.getRun.queryKey({ input: { runId } }), run)
        await client.invalidateQueries({ queryKey: query.listRuns.key() })
        onClose()
      },
    }),
  )
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault()
    rename.mutate({ runId, name })
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      size="sm"
      title={t('rename')}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button type="submit" form={formId} variant="primary" pending={rename.isPending} disabled={!name.trim()}>
            {common('save')}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={handleSubmit}>
        <Field label={t('name')}>
          <Input value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Problem error={rename.error} />
      </form>
    </Dialog>
  )
}
