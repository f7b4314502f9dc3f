'use client'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Upload } from 'lucide-react'
import { useSearchParams } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useDeferredValue, useState } from 'react'
import { MachineState } from '#components/frame/machine-state.tsx'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { type Column, DataTable } from '#components/ui/data-table.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { Input } from '#components/ui/input.tsx'
import { Page, PageHeader } from '#components/ui/page-header.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { query } from '#lib/client/api.ts'
import { ImportDialog } from './import-dialog.tsx'

type Row = {
  id: string
  state: string
  firstUserText: string
  category: string
  language: string
  openSlots: number
  answersWanted: number
  createdAt: string
}

/** Prompts of the project, newest first, with the way to bring in more. */
export function PromptList() {
  const t = useTranslations('prompts')
  const project = useProject()
  const client = useQueryClient()
  const [text, setText] = useState(useSearchParams().get('text') ?? '')
  const search = useDeferredValue(text.trim())
  const [isImporting, setIsImporting] = useState(false)
  const mayImport = project.can('prompt:import')
  const prompts = useInfiniteQuery(
    query.listPrompts.infiniteOptions({
      input: (cursor: string | null) => ({
        projectId: project.id,
        withTotal: cursor === null,
        ...(search ? { text: search } : {}),
        ...(cursor ? { cursor } : {}),
      }),
      initialPageParam: null,
      getNextPageParam: (page) => page.nextCursor,
    }),
  )
  useCommands([
    { id: 'import', title: t('import'), keys: 'i', run: () => setIsImporting(true), disabled: !mayImport },
    { id: 'search', title: t('search'), keys: '/', run: () => document.getElementById('prompt-search')?.focus() },
  ])
  const rows: Row[] = prompts.data?.pages.flatMap((page) => page.items) ?? []
  const total = prompts.data?.pages[0]?.total
  const columns: Column<Row>[] = [
    { id: 'text', header: t('text'), cell: (row) => <span className="truncate">{row.firstUserText}</span> },
    { id: 'state', header: t('state'), cell: (row) => <MachineState machine="prompt" state={row.state} />, className: 'w-28 max-sm:hidden' },
    { id: 'category', header: t('category'), cell: (row) => row.category, className: 'w-32 max-md:hidden' },
    { id: 'language', header: t('language'), cell: (row) => row.language, className: 'w-20 max-md:hidden' },
    {
      id: 'open',
      header: t('openSlots'),
      cell: (row) => t('slots', { open: row.openSlots, wanted: row.answersWanted }),
      className: 'w-24 text-right max-sm:hidden',
    },
    { id: 'created', header: t('added'), cell: (row) => <RelativeTime at={row.createdAt} />, className: 'w-32 max-lg:hidden' },
  ]
  const importButton = mayImport && (
    <Button variant="primary" icon={<Upload className="size-4" />} onClick={() => setIsImporting(true)}>
      {t('import')}
    </Button>
  )
  return (
    <Page>
      <PageHeader
        title={t('title')}
        facts={total !== undefined && total !== null && <span>{t('total', { count: total })}</span>}
        actions={importButton}
      />
      <Input
        id="prompt-search"
        type="search"
        className="mb-4 max-w-sm"
        aria-label={t('search')}
        placeholder={t('search')}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {prompts.error && <ErrorState error={prompts.error} onRetry={prompts.refetch} />}
      {prompts.isPending && <SkeletonRows rows={10} label={t('loading')} />}
      {prompts.data && rows.length === 0 && (
        <EmptyState title={search ? t('noneFound') : t('empty')} action={!search && importButton}>
          {search ? undefined : t('emptyHint')}
        </EmptyState>
      )}
      {rows.length > 0 && (
        <DataTable
          label={t('title')}
          columns={columns}
          rows={rows}
          rowKey={(row) => row.id}
          hasMore={prompts.hasNextPage}
          isLoadingMore={prompts.isFetchingNextPage}
          onMore={() => void prompts.fetchNextPage()}
        />
      )}
      {isImporting && (
        <ImportDialog
          onClose={() => {
            setIsImporting(false)
            void client.invalidateQueries({ queryKey: query.listPrompts.key() })
          }}
        />
      )}
    </Page>
  )
}
