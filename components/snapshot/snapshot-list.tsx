'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Snowflake } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
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
import { FreezeDialog } from './freeze-dialog.tsx'

type Snapshot = Awaited<ReturnType<typeof api.listSnapshots>>['items'][number]

const POLL_MS = 1000

/** Snapshots of the project, newest first. */
export function SnapshotList() {
  const t = useTranslations('snapshots')
  const project = useProject()
  const router = useRouter()
  const [isFreezing, setIsFreezing] = useState(false)
  const snapshots = useInfiniteQuery({
    ...query.listSnapshots.infiniteOptions(pages({ projectId: project.id })),
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.items.some((item) => item.state === 'freezing')) ? POLL_MS : false),
  })
  useCommands([{ id: 'freeze', title: t('freeze'), keys: 'n', run: () => setIsFreezing(true) }])
  const columns: Column<Snapshot>[] = [
    { id: 'name', header: t('name'), cell: (row) => row.name },
    { id: 'state', header: t('state'), cell: (row) => <MachineState machine="snapshot" state={row.state} />, className: 'w-32' },
    { id: 'rows', header: t('rows'), cell: (row) => row.rowCount.toLocaleString(), className: 'w-24 text-right' },
    {
      id: 'hash',
      header: t('hash'),
      cell: (row) => <span className="font-mono text-xs">{row.contentHash?.slice(0, 12)}</span>,
      className: 'w-36 max-md:hidden',
    },
    { id: 'created', header: t('created'), cell: (row) => <RelativeTime at={row.createdAt} />, className: 'w-32 max-sm:hidden' },
  ]
  const freeze = (
    <Button variant="primary" icon={<Snowflake className="size-4" />} onClick={() => setIsFreezing(true)}>
      {t('freeze')}
    </Button>
  )
  return (
    <Page>
      <PageHeader title={t('title')} actions={freeze} />
      <PagedList
        list={snapshots}
        label={t('title')}
        columns={columns}
        rowKey={(row) => row.id}
        onOpen={(row) => router.push(project.path(`/snapshots/${row.id}`))}
        loadingLabel={t('loading')}
        empty={
          <EmptyState title={t('empty')} action={freeze}>
            {t('emptyHint')}
          </EmptyState>
        }
      />
      {isFreezing && <FreezeDialog onClose={() => setIsFreezing(false)} />}
    </Page>
  )
}
