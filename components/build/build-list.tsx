'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Package } from 'lucide-react'
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

type Build = Awaited<ReturnType<typeof api.listBuilds>>['items'][number]

const POLL_MS = 1000
const isMoving = ({ state }: Build): boolean => state === 'queued' || state === 'building'

/** Builds of the project, newest first. */
export function BuildList() {
  const t = useTranslations('builds')
  const project = useProject()
  const router = useRouter()
  const builds = useInfiniteQuery({
    ...query.listBuilds.infiniteOptions(pages({ projectId: project.id })),
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.items.some(isMoving)) ? POLL_MS : false),
  })
  const mayStart = project.can('build:start')
  useCommands([{ id: 'new', title: t('new'), keys: 'n', run: () => router.push(project.path('/builds/new')), disabled: !mayStart }])
  const columns: Column<Build>[] = [
    { id: 'snapshot', header: t('snapshot'), cell: (row) => row.snapshotName },
    { id: 'model', header: t('model'), cell: (row) => row.modelName, className: 'w-56 max-sm:hidden' },
    { id: 'state', header: t('state'), cell: (row) => <MachineState machine="build" state={row.state} />, className: 'w-28' },
    {
      id: 'rows',
      header: t('rows'),
      cell: (row) => (row.state === 'ready' ? (row.exported + row.truncated).toLocaleString() : '–'),
      className: 'w-20 text-right',
    },
    {
      id: 'tokens',
      header: t('trainedTokens'),
      cell: (row) => (row.state === 'ready' ? row.trainedTokens.toLocaleString() : '–'),
      className: 'w-32 text-right max-md:hidden',
    },
    { id: 'created', header: t('created'), cell: (row) => <RelativeTime at={row.createdAt} />, className: 'w-32 max-md:hidden' },
  ]
  const create = mayStart && (
    <Button asChild variant="primary" icon={<Package className="size-4" />}>
      <Link href={project.path('/builds/new')}>{t('new')}</Link>
    </Button>
  )
  return (
    <Page>
      <PageHeader title={t('title')} actions={create} />
      <PagedList
        list={builds}
        label={t('title')}
        columns={columns}
        rowKey={(row) => row.id}
        onOpen={(row) => router.push(project.path(`/builds/${row.id}`))}
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
