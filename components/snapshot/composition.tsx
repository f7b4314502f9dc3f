'use client'
import { useTranslations } from 'next-intl'
import { ShareBar } from '#components/ui/share-bar.tsx'

type Facts = {
  rowCount: number
  groups: number
  authors: number
  splits: Record<string, number>
  categories: Record<string, number>
  languages: Record<string, number>
  excluded: Record<string, number>
}

function Counts({ title, counts }: { title: string; counts: Record<string, number> }) {
  const entries = Object.entries(counts).sort(([, a], [, b]) => b - a)
  if (entries.length === 0) return null
  const most = Math.max(...entries.map(([, count]) => count))
  return (
    <div>
      <h3 className="mb-1 text-ink-3 text-sm">{title}</h3>
      <dl className="text-sm">
        {entries.map(([name, count]) => (
          <div key={name} className="flex items-center gap-2 py-0.5">
            <dt className="w-32 truncate">{name || '–'}</dt>
            <dd className="flex flex-1 items-center gap-2 tabular-nums">
              <ShareBar share={count / most} className="w-32" />
              {count.toLocaleString()}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  )
}

/** What a snapshot is made of, and what was left out and why. */
export function Composition({ facts }: { facts: Facts }) {
  const t = useTranslations('snapshots')
  return (
    <div className="space-y-4">
      <p className="tabular-nums">{t('summary', { rows: facts.rowCount, groups: facts.groups, authors: facts.authors })}</p>
      <Counts title={t('splits')} counts={facts.splits} />
      <Counts title={t('byCategory')} counts={facts.categories} />
      <Counts title={t('byLanguage')} counts={facts.languages} />
      <Counts title={t('leftOut')} counts={facts.excluded} />
    </div>
  )
}
