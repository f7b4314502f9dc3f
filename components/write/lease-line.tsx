'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { Button } from '#components/ui/button.tsx'
import { useErrorText } from '#components/ui/error-state.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { notifyError } from '#components/ui/toast.tsx'
import { useClock } from '#components/ui/use-clock.ts'
import { query } from '#lib/client/api.ts'

const SHOWN_MINUTES = 10
const MINUTE_MS = 60_000

type Props = { conversationId: string; assignment: { id: string; expiresAt: string } }

/** The last ten minutes of a lease, with a way to have it longer. Before that it would only make people hurry. */
export function LeaseLine({ conversationId, assignment }: Props) {
  const t = useTranslations('write')
  const client = useQueryClient()
  const errorText = useErrorText()
  const now = useClock()
  const extend = useMutation(
    query.extendAssignment.mutationOptions({
      onSuccess: () => client.invalidateQueries({ queryKey: query.getConversation.key({ input: { conversationId } }) }),
      onError: (error) => notifyError(errorText(error).title, errorText(error).next),
    }),
  )
  const minutes = Math.ceil((new Date(assignment.expiresAt).getTime() - now.getTime()) / MINUTE_MS)
  const isShown = minutes <= SHOWN_MINUTES
  const isOver = minutes <= 0
  const run = () => extend.mutate({ assignmentId: assignment.id })
  useCommands([{ id: 'extend', title: t('extend'), run, disabled: isOver }])
  if (!isShown) return null
  return (
    <span role="status" className="flex items-center gap-2 text-changes tabular-nums">
      {isOver ? t('leaseOver') : t('leaseLeft', { minutes })}
      {!isOver && (
        <Button size="sm" pending={extend.isPending} onClick={run}>
          {t('extend')}
        </Button>
      )}
    </span>
  )
}
