'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Dialog } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { query } from '#lib/client/api.ts'

/** Frees the disk an ended run takes. The name has to be typed: checkpoints cannot be brought back. */
export function RemoveRunFiles({ runId, name, onClose }: { runId: string; name: string; onClose: () => void }) {
  const t = useTranslations('runs')
  const common = useTranslations('common')
  const client = useQueryClient()
  const [typed, setTyped] = useState('')
  const remove = useMutation(
    query.removeRunFiles.mutationOptions({
      onSuccess: (run) => {
        client.setQueryData(query.getRun.queryKey({ input: { runId } }), run)
        onClose()
      },
    }),
  )
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t('removeFilesTitle', { name })}
      description={t('removeFilesHint')}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button variant="danger" disabled={typed !== name} pending={remove.isPending} onClick={() => remove.mutate({ runId })}>
            {t('removeFiles')}
          </Button>
        </>
      }
    >
      <Field label={t('removeFilesTypeName')}>
        <Input value={typed} onChange={(event) => setTyped(event.target.value)} spellCheck={false} />
      </Field>
      <Problem error={remove.error} />
    </Dialog>
  )
}
