'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useSearchParams } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useDeferredValue, useState } from 'react'
import { MachineState } from '#components/frame/machine-state.tsx'
import { useProject } from '#components/frame/project.tsx'
import type { Column } from '#components/ui/data-table.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { Input } from '#components/ui/input.tsx'
import { PagedList, rowsOf } from '#components/ui/paged-list.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { useSelectionColumn } from '#components/ui/use-selection-column.tsx'
import { type api, query } from '#lib/client/api.ts'
import { countedPages } from '#lib/client/paging.ts'
import { PromptPages } from './prompt-pages.tsx'
import { PromptSelection } from './prompt-selection.tsx'

export type Prompt = Awaited<ReturnType<typeof api.listPrompts>>['items'][number]

/** Prompts of the project, newest first, with the way to bring in more. */
export function PromptList() {
  const t = useTranslations('prompts')
  const project = useProject()
  const [text, setText] = useState(useSearchParams().get('text') ?? '')
  const search = useDeferredValue(text.trim())
  const prompts = useInfiniteQuery(query.listPrompts.infiniteOptions(countedPages({ projectId: project.id, ...(search ? { text: search } : {}) })))
  useCommands([{ id: 'search', title: t('search'), keys: '/', run: () => document.getElementById('prompt-search')?.focus() }])
  const { column, chosen, clear } = useSelectionColumn({ rows: rowsOf(prompts), keyOf: ({ id }: Prompt) => id, nameOf: (row) => row.firstUserText })
  const maySteer = project.can('queue:manage')
  const total = prompts.data?.pages[0]?.total
  const steering: Column<Prompt>[] = [
    { id: 'priority', header: t('priority'), cell: (row) => row.priority, className: 'w-16 text-right max-lg:hidden' },
    {
      id: 'for',
      header: t('givenTo'),
      cell: (row) => <span className="truncate">{row.assignee?.name ?? row.skills.join(', ')}</span>,
      className: 'w-28 max-lg:hidden',
    },
  ]
  const columns: Column<Prompt>[] = [
    ...(maySteer ? [column] : []),
    { id: 'text', header: t('text'), cell: (row) => <span className="truncate">{row.firstUserText}</span> },
    { id: 'state', header: t('state'), cell: (row) => <MachineState machine="prompt" state={row.state} />, className: 'w-24 max-sm:hidden' },
    { id: 'category', header: t('category'), cell: (row) => row.category, className: 'w-28 max-md:hidden' },
    { id: 'language', header: t('language'), cell: (row) => row.language, className: 'w-16 max-md:hidden' },
    {
      id: 'open',
      header: t('openSlots'),
      cell: (row) => t('slots', { open: row.openSlots, wanted: row.answersWanted }),
      className: 'w-16 text-right max-sm:hidden',
    },
    ...(maySteer ? steering : []),
    { id: 'created', header: t('added'), cell: (row) => <RelativeTime at={row.createdAt} />, className: 'w-28 max-lg:hidden' },
  ]
  return (
    <PromptPages facts={total !== undefined && total !== null && <span>{t('total', { count: total })}</span>}>
      {(importButton) => (
        <>
          <Input
            id="prompt-search"
            type="search"
            className="mb-4 max-w-sm"
            aria-label={t('search')}
            placeholder={t('search')}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <PagedList
            list={prompts}
            label={t('title')}
            columns={columns}
            rowKey={(row) => row.id}
            loadingLabel={t('loading')}
            loadingRows={10}
            empty={
              <EmptyState title={search ? t('noneFound') : t('empty')} action={!search && importButton}>
                {search ? undefined : t('emptyHint')}
              </EmptyState>
            }
          />
          {maySteer && chosen.length > 0 && <PromptSelection prompts={chosen} onClear={clear} />}
        </>
      )}
    </PromptPages>
  )
}
