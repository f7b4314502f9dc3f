'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useDeferredValue, useState } from 'react'
import { MachineState } from '#components/frame/machine-state.tsx'
import { useProject } from '#components/frame/project.tsx'
import type { Column } from '#components/ui/data-table.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { Input, Select } from '#components/ui/input.tsx'
import { Page, PageHeader } from '#components/ui/page-header.tsx'
import { PagedList } from '#components/ui/paged-list.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { type api, query } from '#lib/client/api.ts'
import { countedPages } from '#lib/client/paging.ts'
import { ConversationState } from '#lib/domain/conversation.ts'

type Row = Awaited<ReturnType<typeof api.listConversations>>['items'][number]

/** Every conversation the person may see, newest change first. */
export function ConversationList() {
  const t = useTranslations('conversations')
  const states = useTranslations('states')
  const project = useProject()
  const router = useRouter()
  const [text, setText] = useState('')
  const [state, setState] = useState('')
  const search = useDeferredValue(text.trim())
  const list = useInfiniteQuery(
    query.listConversations.infiniteOptions(
      countedPages({
        projectId: project.id,
        ...(search ? { text: search } : {}),
        ...(state ? { state: [ConversationState.parse(state)] } : {}),
      }),
    ),
  )
  useCommands([{ id: 'search', title: t('search'), keys: '/', run: () => document.getElementById('conversation-search')?.focus() }])
  const total = list.data?.pages[0]?.total
  const columns: Column<Row>[] = [
    { id: 'text', header: t('text'), cell: (row) => <span className="truncate">{row.firstUserText}</span> },
    { id: 'state', header: t('state'), cell: (row) => <MachineState machine="conversation" state={row.state} />, className: 'w-44 max-sm:w-40' },
    { id: 'category', header: t('category'), cell: (row) => row.category, className: 'w-32 max-md:hidden' },
    { id: 'language', header: t('language'), cell: (row) => row.language, className: 'w-24 max-md:hidden' },
    { id: 'turns', header: t('turns'), cell: (row) => row.turns, className: 'w-16 text-right max-md:hidden' },
    { id: 'updated', header: t('updated'), cell: (row) => <RelativeTime at={row.updatedAt} />, className: 'w-36 max-sm:hidden' },
  ]
  return (
    <Page>
      <PageHeader title={t('title')} facts={total !== undefined && total !== null && <span>{t('total', { count: total })}</span>} />
      <div className="mb-4 flex flex-wrap gap-3">
        <Input
          id="conversation-search"
          type="search"
          className="max-w-sm"
          aria-label={t('search')}
          placeholder={t('search')}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Select aria-label={t('state')} className="w-auto" value={state} onChange={(event) => setState(event.target.value)}>
          <option value="">{t('allStates')}</option>
          {ConversationState.options.map((option) => (
            <option key={option} value={option}>
              {states(`conversation.${option}`)}
            </option>
          ))}
        </Select>
      </div>
      <PagedList
        list={list}
        label={t('title')}
        columns={columns}
        rowKey={(row) => row.id}
        onOpen={(row) => router.push(project.path(`/conversations/${row.id}`))}
        loadingLabel={t('loading')}
        loadingRows={10}
        empty={<EmptyState title={search || state ? t('noneFound') : t('empty')} />}
      />
    </Page>
  )
}
