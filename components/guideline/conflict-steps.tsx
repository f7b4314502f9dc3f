'use client'
import { useLocale, useTranslations } from 'next-intl'
import { Markdown } from '#components/ui/markdown.tsx'
import { type ConflictStep, type GuidelineContent, RuleLevel, RulePrinciple } from '#lib/domain/guideline.ts'
import { localized } from '#lib/domain/rules.ts'

/** The permanent address of a step on the page. */
export const stepAnchor = (id: string): string => `conflicts/${id}`

/** What a step puts in order, in words: levels and principles by name, rules by slug. */
export function useRankedNames(): (name: string) => string {
  const t = useTranslations('guideline')
  return (name) => {
    const level = RuleLevel.safeParse(name)
    if (level.success) return t(`level.${level.data}`)
    const principle = RulePrinciple.safeParse(name)
    return principle.success ? t(`principle.${principle.data}`) : name
  }
}

function Ranks({ step: { ranks } }: { step: ConflictStep }) {
  const t = useTranslations('guideline')
  const nameOf = useRankedNames()
  if (ranks.length === 0) return null
  return (
    <p className="mt-1 text-ink-3 text-sm">
      {t('order')}{' '}
      {ranks.map((name, index) => (
        <span key={name}>
          {index > 0 && ' > '}
          {name.includes('/') ? (
            <a href={`#${name}`} className="font-mono text-xs underline underline-offset-2 hover:text-accent">
              {name}
            </a>
          ) : (
            nameOf(name)
          )}
        </span>
      ))}
    </p>
  )
}

/** What to do when rules conflict, step by step. */
export function ConflictSteps({ procedure }: Pick<GuidelineContent, 'procedure'>) {
  const t = useTranslations('guideline')
  const locale = useLocale()
  if (procedure.length === 0) return null
  return (
    <section id="conflicts" aria-labelledby="conflicts-title" className="mt-12 max-w-read scroll-mt-20">
      <h2 id="conflicts-title" className="border-b pb-2 font-semibold text-lg">
        {t('procedure')}
      </h2>
      <ol className="mt-4 list-decimal space-y-4 pl-6 marker:text-ink-3">
        {procedure.map((step) => (
          <li key={step.id} id={stepAnchor(step.id)} className="scroll-mt-20 pl-1 target:bg-accent-soft">
            <Markdown>{localized(step.text, locale)}</Markdown>
            <Ranks step={step} />
          </li>
        ))}
      </ol>
    </section>
  )
}
