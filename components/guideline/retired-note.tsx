'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { useSyncExternalStore } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { type api, query } from '#lib/client/api.ts'

type RetiredRule = Awaited<ReturnType<typeof api.listRetiredRules>>['items'][number]

function subscribe(onChange: () => void): () => void {
  window.addEventListener('hashchange', onChange)
  return () => window.removeEventListener('hashchange', onChange)
}

/** The rule that the address points at; nothing on the server. */
export const useAddressedRule = (): string =>
  useSyncExternalStore(
    subscribe,
    () => decodeURIComponent(window.location.hash.slice(1)),
    () => '',
  )

/** The rules that the newest version has no more, by slug; asked for only where one can be shown. */
export function useRetiredRules(isWanted: boolean): ReadonlyMap<string, RetiredRule> {
  const project = useProject()
  const { data } = useQuery(query.listRetiredRules.queryOptions({ input: { projectId: project.id }, enabled: isWanted, staleTime: 60_000 }))
  return new Map(data?.items.map((rule) => [rule.slug, rule]))
}

/** Since when a rule holds no more, what it is called now, and, where it is not at hand, the last version that has it. */
export function RetiredNote({ rule, isAtHand }: { rule: RetiredRule; isAtHand: boolean }) {
  const t = useTranslations('guideline')
  const guideline = useProject().path('/guideline')
  return (
    <p role="status" className={`max-w-read border-changes border-l-2 pl-3 text-sm ${isAtHand ? 'mb-2' : 'mb-6'}`}>
      {t('retired', { slug: rule.slug, version: rule.retiredIn })} <RelativeTime at={rule.retiredAt} />{' '}
      {rule.renamedTo && (
        <Link href={`${guideline}#${rule.renamedTo}`} className="text-accent underline underline-offset-2">
          {t('renamedTo', { slug: rule.renamedTo })}
        </Link>
      )}{' '}
      {!isAtHand && (
        <Link href={`${guideline}?version=${rule.lastVersion}#${rule.slug}`} className="text-accent underline underline-offset-2">
          {t('lastSaid', { version: rule.lastVersion })}
        </Link>
      )}
    </p>
  )
}
