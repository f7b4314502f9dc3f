'use client'
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import type { Column } from '#components/ui/data-table.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { ErrorState, useErrorText } from '#components/ui/error-state.tsx'
import { Figure } from '#components/ui/figure.tsx'
import { PagedList } from '#components/ui/paged-list.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { Section } from '#components/ui/section.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { notify, notifyError } from '#components/ui/toast.tsx'
import { type api, query } from '#lib/client/api.ts'
import { pages } from '#lib/client/paging.ts'
import { PromptPages } from './prompt-pages.tsx'

type Queue = Awaited<ReturnType<typeof api.getWorkQueue>>
type InHand = Awaited<ReturnType<typeof api.listWorkInHand>>['items'][number]

/** Others take and finish work while a manager looks. */
const LOOK_AGAIN_MS = 30_000

function Figures({ figures, mostCounted }: Pick<Queue, 'figures' | 'mostCounted'>) {
  const t = useTranslations('queue')
  const format = useFormatter()
  const names = ['open', 'kept', 'held', 'writing', 'submitted', 'escalated'] as const
  return (
    <dl className="mb-10 grid grid-cols-2 gap-6 sm:grid-cols-3 lg:grid-cols-6">
      {names.map((name) => (
        <Figure key={name} name={t(`figure.${name}`)} value={`${format.number(figures[name])}${figures[name] === mostCounted ? '+' : ''}`}>
          {t(`figureHint.${name}`)}
        </Figure>
      ))}
    </dl>
  )
}

function AskedSkills({ skills }: Pick<Queue, 'skills'>) {
  const t = useTranslations('queue')
  return (
    <Section title={t('asked')} hint={t('askedHint')}>
      {skills.length === 0 && <p className="text-ink-3">{t('noneAsked')}</p>}
      <ul className="max-w-read divide-y">
        {skills.map(({ skill, prompts, members }) => (
          <li key={skill} className="flex flex-wrap items-baseline gap-x-4 py-2">
            <span className="min-w-0 flex-1 break-words">{skill}</span>
            <span className="text-ink-2 tabular-nums">{t('waiting', { count: prompts })}</span>
            <span className={`tabular-nums ${members === 0 ? 'text-changes' : 'text-ink-2'}`}>{t('holders', { count: members })}</span>
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** Who has what in hand, and the way to take it back. */
function WorkInHand() {
  const t = useTranslations('queue')
  const project = useProject()
  const client = useQueryClient()
  const errorText = useErrorText()
  const list = useInfiniteQuery({
    ...query.listWorkInHand.infiniteOptions(pages({ projectId: project.id })),
    refetchInterval: LOOK_AGAIN_MS,
  })
  const revoke = useMutation(
    query.revokeAssignment.mutationOptions({
      onSuccess: () => notify(t('takenBack'), t('takenBackHint')),
      onError: (error) => notifyError(errorText(error).title, errorText(error).next),
      onSettled: () =>
        Promise.all([
          client.invalidateQueries({ queryKey: query.listWorkInHand.key() }),
          client.invalidateQueries({ queryKey: query.getWorkQueue.key() }),
        ]),
    }),
  )
  const columns: Column<InHand>[] = [
    { id: 'who', header: t('who'), cell: (row) => row.assignee.name, className: 'w-40' },
    { id: 'kind', header: t('kind'), cell: (row) => t(`kinds.${row.kind}`), className: 'w-28 max-sm:hidden' },
    {
      id: 'text',
      header: t('what'),
      cell: (row) =>
        row.conversationId ? (
          <Link href={project.path(`/conversations/${row.conversationId}`)} className="block truncate hover:underline">
            {row.text}
          </Link>
        ) : (
          <span className="truncate">{row.text}</span>
        ),
    },
    { id: 'since', header: t('since'), cell: (row) => <RelativeTime at={row.leasedAt} />, className: 'w-32 max-md:hidden' },
    { id: 'until', header: t('until'), cell: (row) => <RelativeTime at={row.expiresAt} />, className: 'w-32 max-md:hidden' },
    {
      id: 'revoke',
      header: <span className="sr-only">{t('takeBack')}</span>,
      cell: (row) => (
        <Button
          size="sm"
          pending={revoke.isPending && revoke.variables.assignmentId === row.id}
          onClick={() => revoke.mutate({ assignmentId: row.id })}
        >
          {t('takeBack')}
          <span className="sr-only">{t('from', { name: row.assignee.name })}</span>
        </Button>
      ),
      className: 'w-28 text-right',
    },
  ]
  return (
    <Section title={t('inHand')} hint={t('inHandHint')}>
      <PagedList
        list={list}
        label={t('inHand')}
        columns={columns}
        rowKey={(row) => row.id}
        loadingLabel={t('loading')}
        empty={<EmptyState title={t('nothingInHand')} />}
      />
    </Section>
  )
}

/** What waits for whom, and who has what in hand. */
export function QueuePage() {
  const t = useTranslations('queue')
  const { id: projectId } = useProject()
  const queue = useQuery({ ...query.getWorkQueue.queryOptions({ input: { projectId } }), refetchInterval: LOOK_AGAIN_MS })
  return (
    <PromptPages>
      {() => (
        <>
          {queue.error && <ErrorState error={queue.error} onRetry={queue.refetch} />}
          {queue.isPending && <SkeletonRows rows={3} label={t('loading')} />}
          {queue.data && <Figures {...queue.data} />}
          <WorkInHand />
          {queue.data && <AskedSkills skills={queue.data.skills} />}
        </>
      )}
    </PromptPages>
  )
}
