'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { CircleCheck } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { Progress } from '#components/ui/progress.tsx'
import { query } from '#lib/client/api.ts'
import { useFinding } from './finding.ts'

const POLL_MS = 2000

/** How the trainer of this machine stands: a quiet line when all is well, else progress, or what went wrong and how to go on. */
export function TrainerState() {
  const t = useTranslations('runs')
  const { id: projectId, can } = useProject()
  const trainer = useQuery(
    query.getTrainerEnvironment.queryOptions({
      input: { projectId },
      refetchInterval: (state) => (state.state.data?.state === 'ready' || state.state.data?.state === 'off' ? false : POLL_MS),
    }),
  )
  const retry = useMutation(query.retryTrainerEnvironment.mutationOptions({ onSuccess: () => trainer.refetch() }))
  const { data } = trainer
  const words = useFinding('trainer')
  if (!data) return null
  const { message, cure } = words(data)
  if (data.state === 'ready') {
    return (
      <p className="mb-6 flex items-center gap-2 text-ink-3" role="status">
        <CircleCheck aria-hidden className="size-4 text-approved" /> {message}
      </p>
    )
  }
  if (data.state === 'preparing') {
    return (
      <div className="mb-6 max-w-read" role="status">
        <p className="mb-1.5 tabular-nums">
          {t('trainerPreparing', { percent: Math.round(data.progress * 100) })} <span className="text-ink-3">{message}</span>
        </p>
        <Progress value={data.progress} label={t('trainerProgress')} />
      </div>
    )
  }
  return (
    <div role={data.state === 'failed' ? 'alert' : 'status'} className="mb-6 max-w-read border-changes border-l-2 pl-3">
      <p className="break-words">{message}</p>
      <p className="text-ink-2">{cure}</p>
      {data.state !== 'off' && can('run:start') && (
        <Button size="sm" className="mt-2" pending={retry.isPending} onClick={() => retry.mutate({ projectId })}>
          {t('retry')}
        </Button>
      )}
    </div>
  )
}
