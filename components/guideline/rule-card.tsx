'use client'
import dynamic from 'next/dynamic'
import { useLocale, useTranslations } from 'next-intl'
import { Markdown } from '#components/ui/markdown.tsx'
import { Badge } from '#components/ui/state-pill.tsx'
import type { Rule } from '#lib/domain/guideline.ts'
import { localized } from '#lib/domain/rules.ts'
import { RuleExamples, type ShownRule } from './rule-examples.tsx'

// Few rules were ever ruled on.
const RuleRulings = dynamic(() => import('#components/ruling/rule-rulings.tsx').then((module) => module.RuleRulings), { loading: () => null })

type Props = {
  rule: ShownRule
  citations?: number
  /** Standing rulings that read it. */
  rulings?: number
  /** Under a line that names it, in a narrow place: no header, no reason, the examples below each other. */
  compact?: boolean
}

/** What kinds of task and which messages it is about; nothing where it holds for all. */
function AppliesTo({ rule: { appliesTo } }: { rule: Rule }) {
  const t = useTranslations('guideline')
  const { categories, roles } = appliesTo
  const isUsual = roles.length === 0 || (roles.length === 1 && roles[0] === 'assistant')
  if (categories.length === 0 && isUsual) return null
  return (
    <p className="mt-1 text-ink-3 text-sm">
      {categories.length > 0 && t('appliesToCategories', { names: categories.join(', ') })}{' '}
      {!isUsual && t('appliesToRoles', { names: roles.join(', ') })}
    </p>
  )
}

/** One rule: what it demands, why, and how it looks when followed and when not. Its slug is its permanent address. */
export function RuleCard({ rule, citations, rulings = 0, compact = false }: Props) {
  const t = useTranslations('guideline')
  const locale = useLocale()
  const rationale = localized(rule.rationale, locale)
  return (
    <article id={rule.slug} aria-label={localized(rule.title, locale)} className="scroll-mt-20 target:bg-accent-soft">
      {!compact && (
        <header className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
          <h3 className="font-semibold text-base">{localized(rule.title, locale)}</h3>
          <Badge tone={rule.level === 'must' ? 'accent' : 'neutral'}>{t(`level.${rule.level}`)}</Badge>
          <a href={`#${rule.slug}`} className="font-mono text-ink-3 text-xs hover:text-accent">
            {rule.slug}
          </a>
          {citations !== undefined && citations > 0 && <span className="text-ink-3 text-xs">{t('citations', { count: citations })}</span>}
        </header>
      )}
      <AppliesTo rule={rule} />
      <Markdown whenNear={!compact} className="mt-1.5 max-w-read">
        {localized(rule.statement, locale)}
      </Markdown>
      {!compact && rationale && (
        <Markdown whenNear className="mt-1.5 max-w-read text-ink-2">
          {rationale}
        </Markdown>
      )}
      <RuleExamples rule={rule} compact={compact} locale={locale} />
      {rulings > 0 && <RuleRulings slug={rule.slug} count={rulings} />}
    </article>
  )
}
