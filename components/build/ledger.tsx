'use client'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import type { Column } from '#components/ui/data-table.tsx'
import { PagedList } from '#components/ui/paged-list.tsx'
import { Section } from '#components/ui/section.tsx'
import { type api, query } from '#lib/client/api.ts'
import { LedgerReason, ShortReason } from './ledger-reason.tsx'

export type BuildDetail = Awaited<ReturnType<typeof api.getBuild>>
type Entry = Awaited<ReturnType<typeof api.listLedger>>['items'][number]
type Outcome = 'exported' | 'excluded' | 'truncated'

function Histogram({ buildId }: { buildId: string }) {
  const t = useTranslations('builds')
  const histogram = useQuery(query.getBuildHistogram.queryOptions({ input: { buildId } }))
  if (!histogram.data || histogram.data.longest === 0) return null
  const { bars, width, longest } = histogram.data
  const most = Math.max(...bars)
  return (
    <figure className="mt-5 max-w-xl">
      <svg
        viewBox={`0 0 ${bars.length * 10} 60`}
        role="img"
        aria-label={t('histogram', { longest })}
        className="h-16 w-full text-accent"
        preserveAspectRatio="none"
      >
        {bars.map((count, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
          <rect key={index} x={index * 10 + 1} width={8} y={60 - (count / most) * 58} height={(count / most) * 58} fill="currentColor">
            <title>{t('bar', { from: index * width, to: (index + 1) * width - 1, count })}</title>
          </rect>
        ))}
      </svg>
      <figcaption className="flex justify-between text-ink-3 text-xs tabular-nums">
        <span>0</span>
        <span>{t('tokensPerRow')}</span>
        <span>{longest.toLocaleString()}</span>
      </figcaption>
    </figure>
  )
}

function Entries({ buildId, outcome }: { buildId: string; outcome: Outcome }) {
  const t = useTranslations('builds')
  const project = useProject()
  const router = useRouter()
  const entries = useInfiniteQuery(
    query.listLedger.infiniteOptions({
      input: (after: number) => ({ buildId, outcome, after }),
      initialPageParam: -1,
      getNextPageParam: (page) => page.nextAfter,
    }),
  )
  const columns: Column<Entry>[] = [
    { id: 'position', header: '#', cell: (row) => row.position, className: 'w-14 text-right text-ink-3' },
    { id: 'split', header: t('split'), cell: (row) => row.split, className: 'w-28 max-sm:hidden' },
    { id: 'why', header: t('why'), cell: (row) => (row.reason ? <ShortReason code={row.reason} detail={row.detail} /> : '–') },
    { id: 'tokens', header: t('tokens'), cell: (row) => row.tokens.toLocaleString(), className: 'w-24 text-right' },
    { id: 'cut', header: t('cutAway'), cell: (row) => row.truncatedTokens.toLocaleString(), className: 'w-24 text-right max-sm:hidden' },
  ]
  return (
    <PagedList
      list={entries}
      label={t(`outcome.${outcome}`)}
      columns={columns}
      rowKey={(row) => String(row.position)}
      rowHeight={36}
      onOpen={(row) => router.push(project.path(`/conversations/${row.conversationId}`))}
      loadingLabel={t('loading')}
    />
  )
}

/** `candidates = exported + excluded + truncated`: each part opens the rows it counts. */
export function Ledger({ build }: { build: BuildDetail }) {
  const t = useTranslations('builds')
  const [open, setOpen] = useState<Outcome | null>(null)
  const part = (outcome: Outcome, count: number, more = '') => (
    <button
      type="button"
      aria-expanded={open === outcome}
      onClick={() => setOpen(open === outcome ? null : outcome)}
      className="text-accent underline-offset-2 hover:underline"
    >
      {count.toLocaleString()} {t(`outcome.${outcome}`)}
      {more}
    </button>
  )
  const cut = build.truncatedTokens > 0 ? ` (${t('tokenCount', { count: build.truncatedTokens })})` : ''
  return (
    <Section title={t('balance')}>
      <p data-testid="balance" className="flex flex-wrap gap-x-2 text-md tabular-nums">
        <span>
          {build.candidates.toLocaleString()} {t('candidates')}
        </span>
        <span>=</span>
        {part('exported', build.exported)}
        <span>+</span>
        {part('excluded', build.excluded)}
        <span>+</span>
        {part('truncated', build.truncated, cut)}
      </p>
      <p className="mt-1 text-ink-3 text-sm tabular-nums">{t('tokenFacts', { tokens: build.tokens, trained: build.trainedTokens })}</p>
      {Object.keys(build.excludedBy).length > 0 && (
        <ul className="mt-4 space-y-2" aria-label={t('outcome.excluded')}>
          {Object.entries(build.excludedBy).map(([reason, count]) => (
            <li key={reason} className="flex gap-3">
              <span className="min-w-8 text-right tabular-nums">{count.toLocaleString()}</span>
              <LedgerReason code={reason} />
            </li>
          ))}
        </ul>
      )}
      <Histogram buildId={build.id} />
      {open && (
        <div className="mt-5">
          <Entries buildId={build.id} outcome={open} />
        </div>
      )}
    </Section>
  )
}
