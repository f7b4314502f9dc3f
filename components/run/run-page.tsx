'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Copy, MessageCircle, Pencil, Trash2 } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { MachineState } from '#components/frame/machine-state.tsx'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { ErrorState, useErrorText } from '#components/ui/error-state.tsx'
import { Page, PageHeader } from '#components/ui/page-header.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { Section } from '#components/ui/section.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { Tabs } from '#components/ui/tabs.tsx'
import { notifyError } from '#components/ui/toast.tsx'
import { query } from '#lib/client/api.ts'
import { RemoveRunFiles } from './remove-run-files.tsx'
import { RenameRun } from './rename-run.tsx'
import { RunCharts } from './run-charts.tsx'
import { RunAttempts, RunCheckpoints, RunConfiguration, RunLineage } from './run-facts.tsx'
import { RunFailure } from './run-failure.tsx'
import { RunFigures } from './run-figures.tsx'
import { RunLog } from './run-log.tsx'
import { RunSamples } from './run-samples.tsx'
import { type Run, useRun } from './use-run.ts'

/** Stop, cancel, go on: what the page's buttons and keys do. */
function useControl(runId: string) {
  const client = useQueryClient()
  const errorText = useErrorText()
  const options = {
    onSuccess: (run: Run) => client.setQueryData(query.getRun.queryKey({ input: { runId } }), run),
    onError: (error: unknown) => notifyError(errorText(error).title, errorText(error).next),
  }
  const stop = useMutation(query.stopRun.mutationOptions(options))
  const resume = useMutation(query.resumeRun.mutationOptions(options))
  return {
    pause: () => stop.mutate({ runId, mode: 'checkpoint' }),
    cancel: () => stop.mutate({ runId, mode: 'cancel' }),
    resume: () => resume.mutate({ runId }),
    isPending: stop.isPending || resume.isPending,
  }
}

type Asked = 'rename' | 'remove-files' | null

function RunActions({ run, control, onAsk }: { run: Run; control: ReturnType<typeof useControl>; onAsk: (asked: Asked) => void }) {
  const t = useTranslations('runs')
  const project = useProject()
  const router = useRouter()
  const mayStart = project.can('run:start')
  const mayRemove = run.canRemoveFiles && project.can('run:remove')
  const duplicate = project.path(`/runs/new?parent=${run.id}`)
  const talk = project.path(`/talk?left=${run.baseModelId}&right=${run.tunedModelId}`)
  const canPause = run.canStop && run.state !== 'paused'
  useCommands([
    { id: 'stop', title: t('stopAndKeep'), keys: 's', run: control.pause, disabled: !canPause },
    { id: 'resume', title: t('resume'), keys: 'r', run: control.resume, disabled: !(run.canResume && mayStart) },
    { id: 'cancel', title: t('cancel'), run: control.cancel, disabled: !run.canStop },
    { id: 'duplicate', title: t('duplicate'), keys: 'd', run: () => router.push(duplicate), disabled: !mayStart },
    { id: 'talk', title: t('talk'), keys: 't', run: () => router.push(talk), disabled: !run.tunedModelId },
    { id: 'rename', title: t('rename'), keys: 'e', run: () => onAsk('rename'), disabled: !mayStart },
    { id: 'remove-files', title: t('removeFiles'), run: () => onAsk('remove-files'), disabled: !mayRemove },
  ])
  return (
    <>
      {mayStart && (
        <>
          <Button variant="quiet" icon={<Pencil className="size-4" />} onClick={() => onAsk('rename')}>
            {t('rename')}
          </Button>
          <Button asChild variant="quiet">
            <Link href={duplicate}>
              <Copy className="size-4" /> {t('duplicate')}
            </Link>
          </Button>
        </>
      )}
      {mayRemove && (
        <Button variant="quiet" icon={<Trash2 className="size-4" />} onClick={() => onAsk('remove-files')}>
          {t('removeFiles')}
        </Button>
      )}
      {run.canStop && (
        <Button pending={control.isPending} onClick={control.cancel}>
          {t('cancel')}
        </Button>
      )}
      {canPause && (
        <Button pending={control.isPending} keys="s" onClick={control.pause}>
          {t('stopAndKeep')}
        </Button>
      )}
      {run.canResume && mayStart && (
        <Button variant="primary" pending={control.isPending} keys="r" onClick={control.resume}>
          {t('resume')}
        </Button>
      )}
      {run.tunedModelId && (
        <Button asChild variant="primary">
          <Link href={talk}>
            <MessageCircle className="size-4" /> {t('talk')}
          </Link>
        </Button>
      )}
    </>
  )
}

/** One run while it trains and after: figures, curves, answers, where it comes from. */
export function RunPage({ runId }: { runId: string }) {
  const t = useTranslations('runs')
  const project = useProject()
  const query = useRun(runId)
  const control = useControl(runId)
  const [tab, setTab] = useState('log')
  const [asked, setAsked] = useState<Asked>(null)
  const run = query.data
  if (query.error && !run) return <ErrorState error={query.error} onRetry={query.refetch} />
  if (!run) return <SkeletonRows rows={12} label={t('loading')} />
  return (
    <Page>
      <PageHeader
        title={run.name}
        parent={{ href: project.path('/runs'), label: t('title') }}
        state={<MachineState machine="run" state={run.state} />}
        facts={
          <>
            <RelativeTime at={run.createdAt} />
            <span>{run.baseModelName}</span>
            <span>{t(`methods.${run.method}`)}</span>
          </>
        }
        actions={<RunActions run={run} control={control} onAsk={setAsked} />}
      />
      {query.error && (
        <p role="status" className="mb-4 text-changes">
          {t('unreachable')}
        </p>
      )}
      {run.failure && <RunFailure failure={run.failure} />}
      <RunFigures run={run} />
      <Section title={t('curves')}>
        <RunCharts run={run} />
      </Section>
      <Section title={t('samples')} hint={t('samplesHint')}>
        <RunSamples run={run} />
      </Section>
      <Section title={t('lineage')} hint={t('lineageHint')}>
        <RunLineage run={run} />
      </Section>
      <Section title={t('details')}>
        <Tabs
          label={t('details')}
          value={tab}
          onChange={setTab}
          tabs={[
            { id: 'log', label: t('log'), content: <RunLog run={run} /> },
            { id: 'checkpoints', label: t('checkpoints'), count: run.checkpoints.length, content: <RunCheckpoints run={run} /> },
            { id: 'attempts', label: t('attempts'), count: run.attempts.length, content: <RunAttempts run={run} /> },
            { id: 'configuration', label: t('settings'), content: <RunConfiguration run={run} /> },
          ]}
        />
      </Section>
      {asked === 'rename' && <RenameRun runId={runId} name={run.name} onClose={() => setAsked(null)} />}
      {asked === 'remove-files' && <RemoveRunFiles runId={runId} name={run.name} onClose={() => setAsked(null)} />}
    </Page>
  )
}
