'use client'
import { useQuery } from '@tanstack/react-query'
import { useLocale, useTranslations } from 'next-intl'
import { DiffText } from '#components/conversation/word-diff.tsx'
import { useProject } from '#components/frame/project.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { Badge } from '#components/ui/state-pill.tsx'
import { query } from '#lib/client/api.ts'
import { type Rule, ruleChanges } from '#lib/domain/guideline.ts'
import type { Locale } from '#lib/domain/locale.ts'
import { localized } from '#lib/domain/rules.ts'
import { diffText } from '#lib/domain/text-diff.ts'

const TONE = { added: 'approved', changed: 'accent', removed: 'rejected' } as const

const textOf = (rule: Rule | undefined, locale: Locale): string =>
  rule
    ? [
        localized(rule.title, locale),
        rule.level,
        localized(rule.statement, locale),
        localized(rule.rationale, locale),
        localized(rule.good.answer, locale),
        localized(rule.bad.answer, locale),
      ].join('\n\n')
    : ''

/** What changed between two published versions: the text, and rule by rule. */
export function GuidelineDiff({ from, to }: { from: string; to: string }) {
  const t = useTranslations('guideline')
  const locale = useLocale()
  const project = useProject()
  const before = useQuery(query.getGuideline.queryOptions({ input: { projectId: project.id, version: from } }))
  const after = useQuery(query.getGuideline.queryOptions({ input: { projectId: project.id, version: to } }))
  const failed = before.error ? before : after.error ? after : null
  if (failed?.error) return <ErrorState error={failed.error} onRetry={failed.refetch} />
  if (!before.data || !after.data) return <SkeletonRows rows={8} label={t('loadingRules')} />
  const strip = ({ citations: _citations, ...rule }: Rule & { citations: number }): Rule => rule
  const old = before.data.rules.map(strip)
  const now = after.data.rules.map(strip)
  const changes = ruleChanges(old, now)
  const bodies = [localized(before.data.body, locale), localized(after.data.body, locale)] as const
  return (
    <div className="max-w-read space-y-8">
      <h2 className="font-semibold text-md">{t('changesBetween', { from, to })}</h2>
      {bodies[0] !== bodies[1] && <DiffText parts={diffText(bodies[0], bodies[1])} />}
      {changes.length === 0 && bodies[0] === bodies[1] && <p className="text-ink-3">{t('nothingChanged')}</p>}
      {changes.map(({ slug, kind }) => {
        const find = (rules: Rule[]) => rules.find((rule) => rule.slug === slug)
        return (
          <section key={slug} aria-label={slug}>
            <h3 className="mb-1 flex items-center gap-2">
              <span className="font-mono text-sm">{slug}</span>
              <Badge tone={TONE[kind]}>{t(`change.${kind}`)}</Badge>
            </h3>
            <DiffText parts={diffText(textOf(find(old), locale), textOf(find(now), locale))} />
          </section>
        )
      })}
    </div>
  )
}
