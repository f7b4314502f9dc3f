'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Cpu } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { MachineState } from '#components/frame/machine-state.tsx'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { CopyId } from '#components/ui/copy-id.tsx'
import { ErrorState, useErrorText } from '#components/ui/error-state.tsx'
import { Page, PageHeader } from '#components/ui/page-header.tsx'
import { Progress } from '#components/ui/progress.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { Section } from '#components/ui/section.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { notify, notifyError } from '#components/ui/toast.tsx'
import { api, query } from '#lib/client/api.ts'
import { BuildFiles } from './build-files.tsx'
import { BuildRows } from './build-rows.tsx'
import { Ledger } from './ledger.tsx'

const POLL_MS = 700

/** Builds again and says whether every byte is the same. */
function useVerification(buildId: string) {
  const t = useTranslations('builds')
  const errorText = useErrorText()
  return useMutation({
    mutationFn: () => api.verifyBuild({ buildId }),
    onSuccess: (result) => {
      if (result.isEqual) notify(t('verified'), result.buildHash)
      else notifyError(t('notEqual'), result.differences.join(', '))
    },
    onError: (error) => notifyError(errorText(error).title, errorText(error).next),
  })
}

/** One build: its balance, its rows as the model sees them, files, loading code. */
export function BuildPage({ buildId }: { buildId: string }) {
  const t = useTranslations('builds')
  const project = useProject()
  const router = useRouter()
  const isLive = (state: string | undefined) => state === 'queued' || state === 'building'
  const build = useQuery(
    query.getBuild.queryOptions({ input: { buildId }, refetchInterval: (state) => (isLive(state.state.data?.state) ? POLL_MS : false) }),
  )
  const cancel = useMutation(query.cancelBuild.mutationOptions({ onSuccess: () => build.refetch() }))
  const verification = useVerification(buildId)
  const { data } = build
  const isReady = data?.state === 'ready'
  const newRun = project.path(`/runs/new?build=${buildId}`)
  useCommands([
    { id: 'train', title: t('train'), keys: 't', run: () => router.push(newRun), disabled: !isReady },
    { id: 'verify', title: t('verify'), keys: 'v', run: () => verification.mutate(), disabled: !isReady },
  ])
  if (build.error) return <ErrorState error={build.error} onRetry={build.refetch} />
  if (!data) return <SkeletonRows rows={10} label={t('loading')} />
  return (
    <Page>
      <PageHeader
        title={t('buildOf', { snapshot: data.snapshotName, model: data.modelName })}
        parent={{ href: project.path('/builds'), label: t('title') }}
        state={<MachineState machine="build" state={data.state} />}
        facts={
          <>
            <RelativeTime at={data.createdAt} />
            <Link href={project.path(`/snapshots/${data.snapshotId}`)} className="hover:underline">
              {t('snapshot')} {data.snapshotName}
            </Link>
            {data.contentHash && <CopyId value={data.contentHash} short={16} label={t('hash')} />}
          </>
        }
        actions={
          isReady ? (
            <>
              <Button pending={verification.isPending} keys="v" onClick={() => verification.mutate()}>
                {t('verify')}
              </Button>
              <Button asChild variant="primary" icon={<Cpu className="size-4" />}>
                <Link href={newRun}>{t('train')}</Link>
              </Button>
            </>
          ) : (
            isLive(data.state) && (
              <Button pending={cancel.isPending || data.cancelRequestedAt !== null} onClick={() => cancel.mutate({ buildId })}>
                {t('cancel')}
              </Button>
            )
          )
        }
      />
      {isLive(data.state) && <Progress value={data.state === 'queued' ? null : data.progress} label={t('progress')} />}
      {data.failure && (
        <div role="alert" className="border-rejected border-l-2 pl-3">
          <p>{data.failure.detail}</p>
          <p className="text-ink-2">{data.failure.cure}</p>
        </div>
      )}
      {isReady && (
        <>
          <Ledger build={data} />
          {data.recipe.format === 'tokenized' && (
            <Section title={t('asTheModelSeesIt')} hint={t('rowHint')}>
              <BuildRows build={data} />
            </Section>
          )}
          <BuildFiles build={data} />
        </>
      )}
    </Page>
  )
}
