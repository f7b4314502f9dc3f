'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Cpu } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { MachineState } from '#components/frame/machine-state.tsx'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import type { Column } from '#components/ui/data-table.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { Page, PageHeader } from '#components/ui/page-header.tsx'
import { PagedList } from '#components/ui/paged-list.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { type api, query } from '#lib/client/api.ts'
import { pages } from '#lib/client/paging.ts'
import { isMoving } from '#lib/domain/training/control.ts'
import { TrainerState } from './trainer-state.tsx'

type Run = Awaited<ReturnType<typeof api.listRuns>>['items'][number]

const POLL_MS = 2000

/** Step of how many; a run that has not begun shows nothing. */
const stepsOf = ({ latest }: Run): string => (latest?.totalSteps ? `${latest.step ?? 0} / ${latest.totalSteps}` : '–')

/** Runs of the project, newest first, with the trainer's own state above. */
export function RunList() {
  const t = useTranslations('runs')
  const project = useProject()
  const router = useRouter()
  const runs = useInfiniteQuery({
    ...query.listRuns.infiniteOptions(pages({ projectId: project.id })),
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.items.some((run) => isMoving(run.state))) ? POLL_MS : false),
  })
  const mayStart = project.can('run:start')
  useCommands([{ id: 'new', title: t('new'), keys: 'n', run: () => router.push(project.path('/runs/new')), disabled: !mayStart }])
  const columns: Column<Run>[] = [
    { id: 'name', header: t('name'), cell: (run) => run.name },
    { id: 'state', header: t('state'), cell: (run) => <MachineState machine="run" state={run.state} />, className: 'w-32' },
    { id: 'step', header: t('step'), cell: stepsOf, className: 'w-28 text-right tabular-nums max-sm:hidden' },
    { id: 'loss', header: t('loss'), cell: (run) => run.latest?.loss?.toFixed(3) ?? '–', className: 'w-20 text-right tabular-nums' },
    {
      id: 'evalLoss',
      header: t('evalLoss'),
      cell: (run) => run.latest?.evalLoss?.toFixed(3) ?? '–',
      className: 'w-28 text-right tabular-nums max-md:hidden',
    },
    { id: 'method', header: t('method'), cell: (run) => t(`methods.${run.method}`), className: 'w-28 max-lg:hidden' },
    { id: 'base', header: t('baseModel'), cell: (run) => run.baseModelName, className: 'w-48 max-lg:hidden' },
    { id: 'snapshot', header: t('snapshot'), cell: (run) => run.snapshotName, className: 'w-32 max-md:hidden' },
    { id: 'created', header: t('created'), cell: (run) => <RelativeTime at={run.createdAt} />, className: 'w-32 max-md:hidden' },
  ]
  const create = mayStart && (
    <Button asChild variant="primary" icon={<Cpu className="size-4" />}>
      <Link href={project.path('/runs/new')}>{t('new')}</Link>
    </Button>
  )
  return (
    <Page>
      <PageHeader title={t('title')} actions={create} />
      <TrainerState />
      <PagedList
        list={runs}
        label={t('title')}
        columns={columns}
        rowKey={(run) => run.id}
        onOpen={(run) => router.push(project.path(`/runs/${run.id}`))}
        loadingLabel={t('loading')}
        empty={
          <EmptyState title={t('empty')} action={create}>
            {t('emptyHint')}
          </EmptyState>
        }
      />
    </Page>
  )
}
