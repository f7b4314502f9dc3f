'use client'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useDeferredValue, useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { GuidelineNav } from '#components/guideline/guideline-nav.tsx'
import { Button } from '#components/ui/button.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { Input, Select } from '#components/ui/input.tsx'
import { Page, PageHeader } from '#components/ui/page-header.tsx'
import { rowsOf } from '#components/ui/paged-list.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { query } from '#lib/client/api.ts'
import { countedPages } from '#lib/client/paging.ts'
import { RulingText } from './ruling-text.tsx'

/** In the list of rules it stands for rulings that found none. */
const GAP = 'gap'

/** Rules of the newest guideline that were ruled on, and the one asked for, which may be retired. */
function useRuledRules(rule: string): string[] {
  const project = useProject()
  const rules = useQuery(query.searchRules.queryOptions({ input: { projectId: project.id, search: '' }, staleTime: 300_000 }))
  const ruled = (rules.data?.items ?? []).filter(({ rulings }) => rulings > 0).map(({ slug }) => slug)
  return rule && rule !== GAP && !ruled.includes(rule) ? [rule, ...ruled] : ruled
}

export type Asked = { text: string; rule: string }

/** The case law: search it, filter it by rule, read on as far as one wants. */
export function RulingsPage({ asked }: { asked: Asked }) {
  const t = useTranslations('rulings')
  const project = useProject()
  const router = useRouter()
  const [text, setText] = useState(asked.text)
  const [onlyStanding, setOnlyStanding] = useState(false)
  const search = useDeferredValue(text.trim().slice(0, 200))
  const { rule } = asked
  const ruled = useRuledRules(rule)
  const filter = {
    ...(search ? { text: search } : {}),
    ...(rule === GAP ? { gap: true } : rule ? { rule } : {}),
    ...(onlyStanding ? { standing: true } : {}),
  }
  const list = useInfiniteQuery({
    ...query.listRulings.infiniteOptions(countedPages({ projectId: project.id, ...filter })),
    placeholderData: keepPreviousData,
  })
  useCommands([{ id: 'search', title: t('search'), keys: '/', run: () => document.getElementById('ruling-search')?.focus() }])
  const rulings = rowsOf(list)
  const total = list.data?.pages[0]?.total
  const isFiltered = Object.keys(filter).length > 0
  const filterBy = (chosen: string) => router.replace(`${project.path('/guideline/rulings')}${chosen ? `?rule=${encodeURIComponent(chosen)}` : ''}`)
  return (
    <Page>
      <PageHeader title={t('title')} facts={total != null && <span>{t('count', { count: total })}</span>} />
      <GuidelineNav />
      <div className="max-w-[46rem]">
        <p className="mb-4 text-ink-2">{t('hint')}</p>
        <div className="mb-6 flex flex-wrap items-center gap-3">
          <Input
            id="ruling-search"
            type="search"
            className="min-w-52 flex-1"
            aria-label={t('search')}
            placeholder={t('search')}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <Select aria-label={t('rule')} className="max-w-full sm:w-64" value={rule} onChange={(event) => filterBy(event.target.value)}>
            <option value="">{t('anyRule')}</option>
            <option value={GAP}>{t('gaps')}</option>
            {ruled.map((slug) => (
              <option key={slug} value={slug}>
                {slug}
              </option>
            ))}
          </Select>
          <Checkbox label={t('onlyStanding')} checked={onlyStanding} onChange={(event) => setOnlyStanding(event.target.checked)} />
        </div>
        {list.error && <ErrorState error={list.error} onRetry={list.refetch} />}
        {list.isPending && <SkeletonRows rows={8} label={t('loading')} />}
        {list.data && rulings.length === 0 && <EmptyState title={t(isFiltered ? 'noneFound' : 'empty')}>{!isFiltered && t('emptyHint')}</EmptyState>}
        <ul className="divide-y">
          {rulings.map((ruling) => (
            <li key={ruling.id} className="py-5 first:pt-0">
              <RulingText ruling={ruling} />
            </li>
          ))}
        </ul>
        {list.hasNextPage && (
          <Button className="mt-2" pending={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('more')}
          </Button>
        )}
      </div>
    </Page>
  )
}
