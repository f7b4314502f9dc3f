'use client'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import type { api } from '#lib/client/api.ts'

export type Work = NonNullable<Awaited<ReturnType<typeof api.getHome>>['writing']>['drafts'][number]

/** A conversation to go on with, in one line. */
export function WorkLine({ href, work, below, action }: { href: string; work: Work; below?: ReactNode; action?: ReactNode }) {
  const t = useTranslations('home')
  return (
    <li className="flex items-center gap-2 py-2">
      <Link href={href} className="block min-w-0 flex-1 rounded hover:text-accent">
        <span className="flex items-baseline gap-3">
          <span className="min-w-0 flex-1 truncate">{work.firstUserText || t('noText')}</span>
          <span className="shrink-0 text-ink-3 text-sm">
            <RelativeTime at={work.at} />
          </span>
        </span>
        {below && <span className="mt-0.5 block truncate text-ink-3 text-sm">{below}</span>}
      </Link>
      {action}
    </li>
  )
}
