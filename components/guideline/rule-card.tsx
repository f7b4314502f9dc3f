'use client'
import { Check, X } from 'lucide-react'
import dynamic from 'next/dynamic'
import { useLocale, useTranslations } from 'next-intl'
import { Markdown } from '#components/ui/markdown.tsx'
import { Badge } from '#components/ui/state-pill.tsx'
import type { Rule, RuleExample } from '#lib/domain/guideline.ts'
import type { Locale } from '#lib/domain/locale.ts'
import { localized } from '#lib/domain/rules.ts'

// Few rules were ever ruled on.
const RuleRulings = dynamic(() => import('#components/ruling/rule-rulings.tsx').then((module) => module.RuleRulings), { loading: () => null })

function Example({ example, kind, locale }: { example: RuleExample; kind: 'good' | 'bad'; locale: Locale }) {
  const t = useTranslations('guideline')
  const answer = localized(example.answer, locale)
  if (!answer) return null
  const prompt = localized(example.prompt, locale)
  const why = localized(example.why, locale)
  const Icon = kind === 'good' ? Check : X
  return (
    <figure className={`min-w-0 border-l-2 pl-3 ${kind === 'good' ? 'border-approved' : 'border-rejected'}`}>
      <figcaption className={`mb-1 flex items-center gap-1 font-medium text-sm ${kind === 'good' ? 'text-approved' : 'text-rejected'}`}>
        <Icon aria-hidden className="size-3.5" />
        {t(kind)}
      </figcaption>
      {prompt && <p className="mb-1.5 whitespace-pre-wrap text-ink-3 text-sm">{prompt}</p>}
      <Markdown className="text-base">{answer}</Markdown>
      {why && <p className="mt-1.5 text-ink-3 text-sm">{why}</p>}
    </figure>
  )
}

type Props = {
  rule: Rule
  citations?: number
  /** Standing rulings that read it. */
  rulings?: number
  /** Under a line that names it, in a narrow place: no header, no reason, the examples below each other. */
  compact?: boolean
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
      <Markdown className="mt-1.5 max-w-read">{localized(rule.statement, locale)}</Markdown>
      {!compact && rationale && <Markdown className="mt-1.5 max-w-read text-ink-2">{rationale}</Markdown>}
      <div className={compact ? 'mt-3 space-y-3' : 'mt-3 grid gap-4 md:grid-cols-2'}>
        <Example example={rule.good} kind="good" locale={locale} />
        <Example example={rule.bad} kind="bad" locale={locale} />
      </div>
      {rulings > 0 && <RuleRulings slug={rule.slug} count={rulings} />}
    </article>
  )
}
