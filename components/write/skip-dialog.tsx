'use client'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Dialog } from '#components/ui/dialog.tsx'
import { useErrorText } from '#components/ui/error-state.tsx'
import { Field } from '#components/ui/field.tsx'
import { Select, Textarea } from '#components/ui/input.tsx'
import { api } from '#lib/client/api.ts'
import type { SkipReason, WorkKind } from '#lib/domain/assignment.ts'
import { SKIP_REASONS } from '#lib/domain/skip-reasons.ts'

type Props = {
  /** What is passed on. */
  kind: WorkKind
  assignmentId: string
  /** Before it is passed on, such as saving what is unsaved; false keeps it. */
  prepare?: () => Promise<boolean>
  onFailed?: () => void
  onClose: () => void
  onSkipped: () => void | Promise<void>
}

/** Passes work on, with the reason; it is not offered to this person again. */
export function SkipDialog({ kind, assignmentId, prepare, onFailed, onClose, onSkipped }: Props) {
  const t = useTranslations('write')
  const errorText = useErrorText()
  const [reason, setReason] = useState<SkipReason>(SKIP_REASONS[0])
  const [comment, setComment] = useState('')
  const skip = useMutation({
    mutationFn: async () => {
      if (prepare && !(await prepare())) return null
      return api.skipAssignment({ assignmentId, reason, comment })
    },
    onSuccess: (result) => (result ? onSkipped() : undefined),
    onError: () => onFailed?.(),
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('skip')}
      description={t(`skipHint.${kind}`)}
      footer={
        <Button variant="primary" pending={skip.isPending} onClick={() => skip.mutate()}>
          {t('skip')}
        </Button>
      }
    >
      <div className="space-y-3">
        <Field label={t('reason')}>
          <Select value={reason} onChange={(event) => setReason(SKIP_REASONS.find((option) => option === event.target.value) ?? 'other')}>
            {SKIP_REASONS.map((option) => (
              <option key={option} value={option}>
                {t(`skipReason.${option}`)}
              </option>
            ))}
          </Select>
        </Field>
        <Field label={t('comment')} required={reason === 'other'} error={skip.error ? errorText(skip.error).next : undefined}>
          <Textarea value={comment} onChange={(event) => setComment(event.target.value)} />
        </Field>
      </div>
    </Dialog>
  )
}
