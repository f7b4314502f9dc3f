'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { MachineState } from '#components/frame/machine-state.tsx'
import { useProject } from '#components/frame/project.tsx'
import type { Column } from '#components/ui/data-table.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { PagedList } from '#components/ui/paged-list.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { type api, query } from '#lib/client/api.ts'
import { pages } from '#lib/client/paging.ts'
import { Balance, ShortBalance } from './balance.tsx'
import { PromptPages } from './prompt-pages.tsx'
import { useFormatName } from './use-format-name.ts'

type Import = Awaited<ReturnType<typeof api.listImports>>['items'][number]

const POLL_MS = 2000

/** Every file that was brought in, newest first, each with what became of its rows. */
export function ImportList() {
  const t = useTranslations('prompts')
  const project = useProject()
  const router = useRouter()
  const formatName = useFormatName()
  const imports = useInfiniteQuery({
    ...query.listImports.infiniteOptions(pages({ projectId: project.id })),
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.items.some((item) => item.state === 'running')) ? POLL_MS : false),
  })
  const addressOf = (id: string) => project.path(`/prompts/imports/${id}`)
  const columns: Column<Import>[] = [
    {
      id: 'file',
      header: t('file'),
      cell: (row) => (
        <>
          <Link href={addressOf(row.id)} className="block truncate font-medium hover:underline">
            {row.fileName}
          </Link>
          <span className="block truncate text-ink-3 text-sm tabular-nums">
            <span className="max-sm:hidden">
              <Balance account={row} />
            </span>
            <span className="sm:hidden">
              <ShortBalance account={row} />
            </span>
          </span>
        </>
      ),
    },
    { id: 'format', header: t('format'), cell: (row) => formatName(row.format), className: 'w-32 max-md:hidden' },
    { id: 'state', header: t('state'), cell: (row) => <MachineState machine="promptImport" state={row.state} />, className: 'w-28 max-sm:w-24' },
    { id: 'by', header: t('importedBy'), cell: (row) => row.importedBy ?? t('accountGone'), className: 'w-36 max-lg:hidden' },
    { id: 'at', header: t('importedAt'), cell: (row) => <RelativeTime at={row.createdAt} />, className: 'w-32 max-sm:hidden' },
  ]
  return (
    <PromptPages>
      {(importButton) => (
        <PagedList
          list={imports}
          label={t('imports')}
          columns={columns}
          rowKey={(row) => row.id}
          rowHeight={56}
          onOpen={(row) => router.push(addressOf(row.id))}
          loadingLabel={t('importsLoading')}
          empty={
            <EmptyState title={t('importsEmpty')} action={importButton}>
              {t('importsEmptyHint')}
            </EmptyState>
          }
        />
      )}
    </PromptPages>
  )
}
