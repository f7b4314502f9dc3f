'use client'
import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { type FocusEvent, type KeyboardEvent, type Ref, useEffect, useId, useRef, useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { Input } from '#components/ui/input.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { query } from '#lib/client/api.ts'
import type { Rule } from '#lib/domain/guideline.ts'
import type { Applying } from '#lib/domain/rules.ts'
import { RuleFold, RuleOption } from './rule-row.tsx'
import { useFoundRules } from './use-found-rules.ts'

type Props = {
  /** Given: a rule is chosen by Enter or click (citing). Absent: a rule unfolds in place (reading). */
  onPick?: (rule: Rule, version: string) => void
  /** The kind of task at hand: rules made for it come first, and the others can be left out. */
  task?: Applying | null
  /** Rules to show first, such as those the last round cited. */
  cited?: readonly string[]
  /** A rule to unfold and to go to; a new object goes there again. */
  shown?: { slug: string } | null
  inputRef?: Ref<HTMLInputElement>
  autoFocus?: boolean
}

/** Puts the cursor into the guideline search of the page. */
export const focusRuleSearch = () => document.querySelector<HTMLInputElement>('[data-rule-search]')?.focus()

/** Escape goes back to where the focus came from, such as the text being written. */
function useWayBack() {
  const origin = useRef<HTMLElement | null>(null)
  const remember = ({ currentTarget, relatedTarget }: FocusEvent) => {
    if (relatedTarget && currentTarget.contains(relatedTarget)) return
    origin.current = relatedTarget instanceof HTMLElement ? relatedTarget : null
  }
  const goBack = () => {
    if (origin.current?.isConnected) origin.current.focus()
    // It came from nowhere: the keys of the page work again.
    else if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
  }
  return { remember, goBack }
}

/**
 * Finds a rule of the newest guideline by words of either language; arrows move, Enter unfolds or cites, Escape goes back. Other
 * combinations are left to the page. The list is in memory: no waiting.
 */
export function RuleSearch({ onPick, task = null, cited = [], shown = null, inputRef, autoFocus = false }: Props) {
  const t = useTranslations('guideline')
  const project = useProject()
  const rules = useQuery(query.searchRules.queryOptions({ input: { projectId: project.id, search: '' }, staleTime: 300_000 }))
  const [search, setSearch] = useState('')
  const [active, setActive] = useState(0)
  const [open, setOpen] = useState<string | null>(null)
  const listId = useId()
  const [isNarrow, setIsNarrow] = useState(false)
  const { found, isMixed } = useFoundRules(rules.data?.items, { search, cited, task, isNarrow })

  const { remember, goBack } = useWayBack()
  const [wanted, setWanted] = useState<typeof shown>(null)
  if (shown && shown !== wanted) {
    setWanted(shown)
    setSearch('')
    setIsNarrow(false)
    setOpen(shown.slug)
  }
  const isThere = found.some((rule) => rule.slug === wanted?.slug)
  useEffect(() => {
    if (wanted && isThere) document.querySelector<HTMLElement>(`[data-rule-fold="${CSS.escape(wanted.slug)}"]`)?.focus()
  }, [wanted, isThere])
  const choose = (index: number) => {
    const rule = found[index]
    if (!rule) return
    setActive(index)
    if (onPick) onPick(rule, rules.data?.version ?? '')
    else setOpen(open === rule.slug ? null : rule.slug)
  }
  const move = (by: number) => {
    const next = Math.max(0, Math.min(found.length - 1, active + by))
    setActive(next)
    document.getElementById(`${listId}-${next}`)?.scrollIntoView({ block: 'nearest' })
  }
  const handleSearchKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
    const act = { ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: () => choose(active) }[event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
  const handleEscape = (event: KeyboardEvent) => {
    // In a form that cites, Escape belongs to the form.
    if (onPick || event.key !== 'Escape' || event.nativeEvent.isComposing) return
    // Or the browser empties the field.
    event.preventDefault()
    goBack()
  }
  const rowOf = (index: number) => ({ id: `${listId}-${index}`, isActive: index === active, onChoose: () => choose(index) })
  if (rules.error) return <ErrorState error={rules.error} onRetry={rules.refetch} />
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape means the same on everything inside
    <div onFocus={remember} onKeyDown={handleEscape}>
      <Input
        ref={inputRef}
        data-rule-search=""
        type="search"
        {...(onPick ? { role: 'combobox', 'aria-expanded': true } : {})}
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
        onKeyDown={handleSearchKey}
      />
      {task && isMixed && (
        <Checkbox
          className="mt-2 text-sm"
          label={t('onlyFor', { category: task.category })}
          checked={isNarrow}
          onChange={(event) => {
            setIsNarrow(event.target.checked)
            setActive(0)
          }}
        />
      )}
      {rules.isPending && <SkeletonRows rows={6} label={t('loadingRules')} />}
      {rules.data && found.length === 0 && <p className="px-2 py-4 text-ink-3">{rules.data.items.length === 0 ? t('noRules') : t('noRuleFound')}</p>}
      {onPick ? (
        <div id={listId} role="listbox" aria-label={t('rules')} className="mt-2 space-y-0.5">
          {found.map((rule, index) => (
            <RuleOption key={rule.slug} rule={rule} search={search} {...rowOf(index)} />
          ))}
        </div>
      ) : (
        <ul id={listId} aria-label={t('rules')} className="mt-2 space-y-0.5">
          {found.map((rule, index) => (
            <RuleFold key={rule.slug} rule={rule} search={search} {...rowOf(index)} isOpen={open === rule.slug} />
          ))}
        </ul>
      )}
    </div>
  )
}
