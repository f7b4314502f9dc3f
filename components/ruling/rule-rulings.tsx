'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { rowsOf } from '#components/ui/paged-list.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { query } from '#lib/client/api.ts'
import { pages } from '#lib/client/paging.ts'
import { RulingText } from './ruling-text.tsx'

const AT_ONCE = 5

function Rulings({ slug }: { slug: string }) {
  const t = useTranslations('rulings')
  const project = useProject()
  const list = useInfiniteQuery(query.listRulings.infiniteOptions(pages({ projectId: project.id, rule: slug, standing: true, limit: AT_ONCE })))
  if (list.error) return <ErrorState error={list.error} onRetry={list.refetch} />
  if (list.isPending) return <SkeletonRows rows={3} label={t('loading')} />
  return (
    <>
      <ul className="divide-y">
        {rowsOf(list).map((ruling) => (
          <li key={ruling.id} className="py-2.5">
            <RulingText ruling={ruling} />
          </li>
        ))}
      </ul>
      <p className="flex flex-wrap items-center gap-x-4">
        {list.hasNextPage && (
          <Button size="sm" pending={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('more')}
          </Button>
        )}
        <Link href={`${project.path('/guideline/rulings')}?rule=${encodeURIComponent(slug)}`} className="text-accent text-sm hover:underline">
          {t('allOnRule')}
        </Link>
      </p>
    </>
  )
}

/** How a rule was read where reviewers could not decide: how often, and in place what was said. */
export function RuleRulings({ slug, count }: { slug: string; count: number }) {
  const t = useTranslations('rulings')
  const [isOpen, setIsOpen] = useState(false)
  return (
    <details className="mt-3 border-escalated border-l-2 pl-3 text-sm" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary className="cursor-pointer font-medium text-escalated">{t('count', { count })}</summary>
      {isOpen && <Rulings slug={slug} />}
    </details>
  )
}
