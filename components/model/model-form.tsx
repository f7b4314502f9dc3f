'use client'
import { useTranslations } from 'next-intl'
import { type FormEvent, type ReactNode, useId } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Dialog } from '#components/ui/dialog.tsx'
import { Problem } from '#components/ui/problem.tsx'

type Props = {
  title: string
  description: string
  isPending: boolean
  error: unknown
  onSubmit: () => void
  onClose: () => void
  children: ReactNode
}

/** The frame of the two ways to register a model. */
export function ModelForm({ title, description, isPending, error, onSubmit, onClose, children }: Props) {
  const t = useTranslations('models')
  const common = useTranslations('common')
  const formId = useId()
  const handleSubmit = (event: FormEvent) => {
    event.preventDefault()
    onSubmit()
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={title}
      description={description}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button type="submit" form={formId} variant="primary" pending={isPending}>
            {t('register')}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={handleSubmit} className="space-y-4">
        {children}
        <Problem error={error} />
      </form>
    </Dialog>
  )
}
