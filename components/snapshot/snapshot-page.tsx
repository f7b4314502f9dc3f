'use client'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Package } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { MachineState } from '#components/frame/machine-state.tsx'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { CopyId } from '#components/ui/copy-id.tsx'
import type { Column } from '#components/ui/data-table.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { Page, PageHeader } from '#components/ui/page-header.tsx'
import { PagedList } from '#components/ui/paged-list.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { Section } from '#components/ui/section.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { type api, query } from '#lib/client/api.ts'
import { Composition } from './composition.tsx'

type SnapshotRow = Awaited<ReturnType<typeof api.listSnapshotRows>>['items'][number]

const POLL_MS = 700

function Rows({ snapshotId }: { snapshotId: string }) {
  const t = useTranslations('snapshots')
  const project = useProject()
  const router = useRouter()
  const rows = useInfiniteQuery(
    query.listSnapshotRows.infiniteOptions({
      input: (after: number) => ({ snapshotId, after }),
      initialPageParam: -1,
      getNextPageParam: (page) => page.nextAfter,
    }),
  )
  const columns: Column<SnapshotRow>[] = [
    { id: 'position', header: '#', cell: (row) => row.position, className: 'w-14 text-right text-ink-3' },
    { id: 'text', header: t('firstText'), cell: (row) => <span className="truncate">{row.firstUserText}</span> },
    { id: 'split', header: t('split'), cell: (row) => row.split, className: 'w-28' },
    {
      id: 'hash',
      header: t('hash'),
      cell: (row) => <span className="font-mono text-xs">{row.contentHash.slice(0, 12)}</span>,
      className: 'w-36 max-md:hidden',
    },
  ]
  return (
    <PagedList
      list={rows}
      label={t('rows')}
      columns={columns}
      rowKey={(row) => String(row.position)}
      rowHeight={36}
      onOpen={(row) => router.push(project.path(`/conversations/${row.conversationId}`))}
      loadingLabel={t('loading')}
    />
  )
}

/** One snapshot: what it is made of, its hash, its rows, and the builds made of it. */
export function SnapshotPage({ snapshotId }: { snapshotId: string }) {
  const t = useTranslations('snapshots')
  const project = useProject()
  const router = useRouter()
  const snapshot = useQuery(
    query.getSnapshot.queryOptions({ input: { snapshotId }, refetchInterval: (state) => (state.state.data?.state === 'freezing' ? POLL_MS : false) }),
  )
  const newBuild = project.path(`/builds/new?snapshot=${snapshotId}`)
  useCommands([{ id: 'build', title: t('build'), keys: 'b', run: () => router.push(newBuild), disabled: snapshot.data?.state !== 'frozen' }])
  if (snapshot.error) return <ErrorState error={snapshot.error} onRetry={snapshot.refetch} />
  const { data } = snapshot
  if (!data) return <SkeletonRows rows={10} label={t('loading')} />
  return (
    <Page>
      <PageHeader
        title={data.name}
        parent={{ href: project.path('/snapshots'), label: t('title') }}
        state={<MachineState machine="snapshot" state={data.state} />}
        facts={
          <>
            <RelativeTime at={data.frozenAt ?? data.createdAt} />
            {data.contentHash && <CopyId value={data.contentHash} short={16} label={t('hash')} />}
          </>
        }
        actions={
          data.state === 'frozen' && (
            <Button asChild variant="primary" icon={<Package className="size-4" />}>
              <Link href={newBuild}>{t('build')}</Link>
            </Button>
          )
        }
      />
      {data.state === 'freezing' && <p role="status">{t('freezing')}</p>}
      {data.failure && (
        <div role="alert" className="border-rejected border-l-2 pl-3">
          <p>{data.failure.detail}</p>
          <p className="text-ink-2">{data.failure.cure}</p>
        </div>
      )}
      {data.manifest && (
        <Section title={t('composition')} hint={t('seedFact', { seed: data.seed })}>
          <Composition facts={data.manifest} />
        </Section>
      )}
      {data.builds.length > 0 && (
        <Section title={t('builds')}>
          <ul className="space-y-1">
            {data.builds.map((build) => (
              <li key={build.id} className="flex items-center gap-3">
                <Link href={project.path(`/builds/${build.id}`)} className="font-mono text-accent text-sm hover:underline">
                  {build.id.slice(-12)}
                </Link>
                <MachineState machine="build" state={build.state} />
              </li>
            ))}
          </ul>
        </Section>
      )}
      {data.state === 'frozen' && (
        <Section title={t('rowsCount', { count: data.rowCount })}>
          <Rows snapshotId={snapshotId} />
        </Section>
      )}
    </Page>
  )
}
