'use client'
import { useQuery } from '@tanstack/react-query'
import { ChevronRight } from 'lucide-react'
import { useLocale, useTranslations } from 'next-intl'
import { type KeyboardEvent, type Ref, useId, useMemo, useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { Input } from '#components/ui/input.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { query } from '#lib/client/api.ts'
import type { Rule } from '#lib/domain/guideline.ts'
import { localized, ruleScore } from '#lib/domain/rules.ts'
import { RuleCard } from './rule-card.tsx'

type Props = {
  /** Given: a rule is chosen by Enter or click (citing). Absent: a rule unfolds in place (reading). */
  onPick?: (rule: Rule, version: string) => void
  /** Rules to show first, such as those the last round cited. */
  cited?: readonly string[]
  inputRef?: Ref<HTMLInputElement>
  autoFocus?: boolean
}

function RuleRow({ rule, isActive, isOpen, onChoose, id }: { rule: Rule; isActive: boolean; isOpen: boolean; onChoose: () => void; id: string }) {
  const t = useTranslations('guideline')
  const locale = useLocale()
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the search field above drives the list by keyboard (combobox pattern)
    <div
      tabIndex={-1}
      id={id}
      role="option"
      aria-selected={isActive}
      onClick={onChoose}
      className={`cursor-pointer rounded px-2 py-1.5 ${isActive ? 'bg-surface-2' : 'hover:bg-surface-1'}`}
    >
      <div className="flex items-baseline gap-1.5">
        <ChevronRight aria-hidden className={`size-3 shrink-0 self-center text-ink-3 ${isOpen ? 'rotate-90' : ''}`} />
        <span className="min-w-0 flex-1">{localized(rule.title, locale)}</span>
        <span className="shrink-0 text-ink-3 text-xs">{t(`level.${rule.level}`)}</span>
      </div>
      <div className="truncate pl-4.5 font-mono text-ink-3 text-xs">{rule.slug}</div>
    </div>
  )
}

/** Puts the cursor into the guideline search of the page. */
export const focusRuleSearch = () => document.querySelector<HTMLInputElement>('[data-rule-search]')?.focus()

/** Finds a rule of the newest guideline by words of either language; arrows move, Enter unfolds or cites. The list is in memory: no waiting. */
export function RuleSearch({ onPick, cited = [], inputRef, autoFocus = false }: Props) {
  const t = useTranslations('guideline')
  const project = useProject()
  const rules = useQuery(query.searchRules.queryOptions({ input: { projectId: project.id, search: '' }, staleTime: 300_000 }))
  const [search, setSearch] = useState('')
  const [active, setActive] = useState(0)
  const [open, setOpen] = useState<string | null>(null)
  const listId = useId()
  const found = useMemo(() => {
    const scored = (rules.data?.items ?? []).map((rule) => ({ rule, score: ruleScore(rule, search) + (cited.includes(rule.slug) ? 100 : 0) }))
    return scored
      .filter(({ rule }) => ruleScore(rule, search) > 0)
      .sort((a, b) => b.score - a.score)
      .map(({ rule }) => rule)
  }, [rules.data, search, cited])

  const choose = (rule: Rule | undefined) => {
    if (!rule) return
    if (onPick) onPick(rule, rules.data?.version ?? '')
    else setOpen(open === rule.slug ? null : rule.slug)
  }
  const handleKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      setActive((at) => Math.max(0, Math.min(found.length - 1, at + step)))
    }
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault()
      choose(found[active])
    }
  }
  if (rules.error) return <ErrorState error={rules.error} onRetry={rules.refetch} />
  return (
    <div>
      <Input
        ref={inputRef}
        data-rule-search=""
        type="search"
        role="combobox"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={found[active] ? `${listId}-${active}` : undefined}
        aria-label={t('searchRules')}
        placeholder={t('searchRules')}
        value={search}
        autoFocus={autoFocus}
        onChange={(event) => {
          setSearch(event.target.value)
          setActive(0)
        }}
        onKeyDown={handleKeyDown}
      />
      {rules.isPending && <SkeletonRows rows={6} label={t('loadingRules')} />}
      {rules.data && found.length === 0 && <p className="px-2 py-4 text-ink-3">{rules.data.items.length === 0 ? t('noRules') : t('noRuleFound')}</p>}
      <div id={listId} role="listbox" aria-label={t('rules')} className="mt-2 space-y-0.5">
        {found.map((rule, index) => (
          <RuleRow
            key={rule.slug}
            id={`${listId}-${index}`}
            rule={rule}
            isActive={index === active}
            isOpen={open === rule.slug}
            onChoose={() => choose(rule)}
          />
        ))}
      </div>
      {open && (
        <div className="mt-3 border-t pt-3">
          {found
            .filter((rule) => rule.slug === open)
            .map((rule) => (
              <RuleCard key={rule.slug} rule={rule} compact headingLevel={4} />
            ))}
        </div>
      )}
    </div>
  )
}
