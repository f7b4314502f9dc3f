'use client'
import { useQuery } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useLocale, useTranslations } from 'next-intl'
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { Command } from '#components/ui/shortcuts.tsx'
import { query } from '#lib/client/api.ts'
import { recentItems } from '#lib/client/recent-items.ts'
import { ruleDocument, searchDocuments } from '#lib/domain/guideline-search.ts'
import type { Locale } from '#lib/domain/locale.ts'
import { localized } from '#lib/domain/rules.ts'
import { useMe, useMembership } from './use-me.ts'

const SETTLE_MS = 150
const SHORTEST = 2
const MOST_OF_A_KIND = 5

/** The text once somebody has stopped typing for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SETTLE_MS)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}

/** What the palette offers beside commands: what was opened last, and, as one types, conversations, prompts and rules of the project. */
export function usePaletteSearch(text: string): Command[] {
  const t = useTranslations('nav')
  const locale = useLocale() as Locale
  const router = useRouter()
  const me = useMe()
  const membership = useMembership()
  const search = useSettled(text.trim())
  const isWanted = membership !== null && search.length >= SHORTEST
  const [projectId, slug, actions] = [membership?.project.id ?? '', membership?.project.slug ?? '', membership?.actions ?? []]
  const found = { projectId, text: search.slice(0, 200), limit: MOST_OF_A_KIND }
  const conversations = useQuery(query.listConversations.queryOptions({ input: found, enabled: isWanted && actions.includes('conversation:list') }))
  const prompts = useQuery(query.listPrompts.queryOptions({ input: found, enabled: isWanted && actions.includes('prompt:read') }))
  const rules = useQuery(query.searchRules.queryOptions({ input: { projectId, search: '' }, staleTime: 300_000, enabled: isWanted }))
  const documents = useMemo(() => (rules.data?.items ?? []).map(ruleDocument), [rules.data])
  const rulings = useQuery(query.listRulings.queryOptions({ input: found, enabled: isWanted }))
  const recent = useSyncExternalStore(
    recentItems.subscribe,
    () => recentItems.read(me.id),
    () => recentItems.empty,
  ).items
  const line = (section: string, id: string, title: string, path: string): Command => ({ id, title, section, run: () => router.push(path) })
  const here = `/p/${slug}`
  if (!isWanted) return recent.map(({ href, title }) => line(t('recent'), `recent-${href}`, title, href))
  return [
    ...recent
      .filter(({ title }) => title.toLowerCase().includes(search.toLowerCase()))
      .map(({ href, title }) => line(t('recent'), `recent-${href}`, title, href)),
    ...(conversations.data?.items ?? []).map((item) =>
      line(t('conversations'), `conversation-${item.id}`, item.firstUserText.slice(0, 120), `${here}/conversations/${item.id}`),
    ),
    ...(prompts.data?.items ?? []).map((item) =>
      line(t('prompts'), `prompt-${item.id}`, item.firstUserText.slice(0, 120), `${here}/prompts?text=${encodeURIComponent(search)}`),
    ),
    ...searchDocuments(documents, search)
      .slice(0, MOST_OF_A_KIND)
      .map(({ document: { name, title } }) =>
        line(t('guideline'), `rule-${name}`, `${localized(title, locale)} · ${name}`, `${here}/guideline#${name}`),
      ),
    ...(rulings.data?.items ?? []).map((item) =>
      line(t('rulings'), `ruling-${item.id}`, item.question.slice(0, 120), `${here}/guideline/rulings/${item.id}`),
    ),
  ]
}
