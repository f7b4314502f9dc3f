'use client'
import { ChevronRight } from 'lucide-react'
import { useLocale, useTranslations } from 'next-intl'
import { useEffect, useRef } from 'react'
import { Marked } from '#components/ui/marked.tsx'
import type { Rule } from '#lib/domain/guideline.ts'
import { marksIn } from '#lib/domain/guideline-search.ts'
import { localized } from '#lib/domain/rules.ts'
import { RuleCard } from './rule-card.tsx'

/** A rule, and how many standing rulings read it. */
export type RuledRule = Rule & { rulings: number; lapsed: readonly string[] }
type Props = { rule: RuledRule; search: string; id: string; isActive: boolean; onChoose: () => void }

const boxOf = (isActive: boolean) => `cursor-pointer rounded px-2 py-1.5 ${isActive ? 'bg-surface-2' : 'hover:bg-surface-1'}`

function RuleLine({ rule, search, isOpen = false }: { rule: RuledRule; search: string; isOpen?: boolean }) {
  const t = useTranslations('guideline')
  const locale = useLocale()
  const title = localized(rule.title, locale)
  const marksOf = (text: string) => (search.trim() === '' ? [] : marksIn(text, search))
  return (
    <>
      <span className="flex items-baseline gap-1.5">
        <ChevronRight aria-hidden className={`size-3 shrink-0 self-center text-ink-3 ${isOpen ? 'rotate-90' : ''}`} />
        <span className="min-w-0 flex-1">
          <Marked text={title} marks={marksOf(title)} />
        </span>
        <span className="shrink-0 text-ink-3 text-xs">{t(`level.${rule.level}`)}</span>
      </span>
      <span className="flex items-baseline gap-2 pl-4.5 text-ink-3 text-xs">
        <span className="min-w-0 truncate font-mono">
          <Marked text={rule.slug} marks={marksOf(rule.slug)} />
          {rule.appliesTo.categories.length > 0 && <span className="font-sans"> · {rule.appliesTo.categories.join(', ')}</span>}
        </span>
        {rule.rulings > 0 && <span className="shrink-0 text-escalated">{t('rulings', { count: rule.rulings })}</span>}
      </span>
    </>
  )
}

/** A rule to cite. */
export function RuleOption({ rule, search, id, isActive, onChoose }: Props) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the search field above drives the list by keyboard (combobox pattern)
    <div tabIndex={-1} id={id} role="option" aria-selected={isActive} onClick={onChoose} className={boxOf(isActive)}>
      <RuleLine rule={rule} search={search} />
    </div>
  )
}

/** A rule to read: its text unfolds under its own line and is brought into view. */
export function RuleFold({ rule, search, id, isActive, isOpen, onChoose }: Props & { isOpen: boolean }) {
  const fold = useRef<HTMLLIElement>(null)
  const textId = `${id}-text`
  // The fold that closed may have stood above: only now is it known where this one came to lie.
  useEffect(() => {
    if (isOpen) fold.current?.scrollIntoView({ block: 'nearest' })
  }, [isOpen])
  return (
    // The margin keeps it clear of the bars at the foot of the page.
    <li ref={fold} className="scroll-mt-2 scroll-mb-32">
      <button
        type="button"
        id={id}
        data-rule-fold={rule.slug}
        aria-expanded={isOpen}
        aria-controls={isOpen ? textId : undefined}
        onClick={onChoose}
        className={`block w-full text-left ${boxOf(isActive)}`}
      >
        <RuleLine rule={rule} search={search} isOpen={isOpen} />
      </button>
      {isOpen && (
        <div id={textId} className="mt-1 mb-3 pr-2 pl-6.5">
          <RuleCard rule={rule} rulings={rule.rulings} compact />
        </div>
      )}
    </li>
  )
}
