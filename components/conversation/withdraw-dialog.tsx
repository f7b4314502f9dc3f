'use client'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Dialog } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input, Textarea } from '#components/ui/input.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { api } from '#lib/client/api.ts'

const ID_LENGTH = 8

type Props = {
  conversationId: string
  /** Before it is taken out, such as saving what is unsaved; false keeps it. */
  prepare?: () => Promise<boolean>
  onFailed?: () => void
  onWithdrawn: () => void | Promise<void>
  onClose: () => void
}

/** Takes a conversation out of the data for good: asks why, and for the end of its id. */
export function WithdrawDialog({ conversationId, prepare, onFailed, onWithdrawn, onClose }: Props) {
  const t = useTranslations('conversations')
  const common = useTranslations('common')
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const id = conversationId.slice(-ID_LENGTH)
  const withdraw = useMutation({
    mutationFn: async () => {
      if (prepare && !(await prepare())) return null
      return api.withdrawConversation({ conversationId, reason: reason.trim() })
    },
    onSuccess: (result) => (result ? onWithdrawn() : undefined),
    onError: () => onFailed?.(),
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('withdraw')}
      description={t('withdrawHint')}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button variant="danger" disabled={typed.trim() !== id || !reason.trim()} pending={withdraw.isPending} onClick={() => withdraw.mutate()}>
            {t('withdraw')}
          </Button>
        </>
      }
    >
      <div className="space-y-3">
        <Field label={t('withdrawReason')} required>
          <Textarea value={reason} onChange={(event) => setReason(event.target.value)} />
        </Field>
        <Field label={t('typeId', { id })} required>
          <Input value={typed} onChange={(event) => setTyped(event.target.value)} spellCheck={false} autoComplete="off" className="font-mono" />
        </Field>
        <Problem error={withdraw.error} />
      </div>
    </Dialog>
  )
}
