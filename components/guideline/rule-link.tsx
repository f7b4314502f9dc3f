'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { createContext, type MouseEvent, type ReactNode, useContext } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { query } from '#lib/client/api.ts'
import { PRINCIPLES } from '#lib/domain/principles.ts'

const RuleReaderContext = createContext<((slug: string) => void) | null>(null)

/** Inside, rules open beside the text instead of on the page of the guideline. */
export const RuleReader = ({ onRead, children }: { onRead: (slug: string) => void; children: ReactNode }) => (
  <RuleReaderContext value={onRead}>{children}</RuleReaderContext>
)

/** The rules of the newest guideline by slug, as the search holds them. */
function useKnownRules(): (slug: string) => boolean {
  const project = useProject()
  const rules = useQuery(query.searchRules.queryOptions({ input: { projectId: project.id, search: '' }, staleTime: 300_000 }))
  return (slug) => rules.data?.items.some((rule) => rule.slug === slug) ?? false
}

/** A cited rule; it opens where rules are read on this page, else in the guideline. */
export function RuleLink({ slug, version }: { slug: string; version?: string | null }) {
  const project = useProject()
  const read = useContext(RuleReaderContext)
  const isKnown = useKnownRules()
  const handleClick = (event: MouseEvent) => {
    // Another tab was asked for, or only an earlier version has the rule.
    if (!read || !isKnown(slug) || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    read(slug)
  }
  return (
    <Link
      href={`${project.path('/guideline')}${version ? `?version=${version}` : ''}#${slug}`}
      onClick={handleClick}
      className="break-words font-mono text-xs underline decoration-line-strong underline-offset-2 hover:text-accent"
    >
      {version ? `${slug}@${version}` : slug}
    </Link>
  )
}

const SLUG = new RegExp(`((?:${PRINCIPLES.join('|')})/[a-z0-9]+(?:-[a-z0-9]+)*)`)

/** Text in which the rules of the guideline that it names can be opened. */
export function TextWithRules({ children }: { children: string }) {
  const isKnown = useKnownRules()
  let at = 0
  return children.split(SLUG).map((part) => {
    const key = at
    at += part.length
    return isKnown(part) ? <RuleLink key={key} slug={part} /> : part
  })
}
