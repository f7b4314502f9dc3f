'use client'
import { useQuery } from '@tanstack/react-query'
import { useLocale, useTranslations } from 'next-intl'
import { DiffText } from '#components/conversation/word-diff.tsx'
import { useProject } from '#components/frame/project.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { Badge } from '#components/ui/state-pill.tsx'
import { query } from '#lib/client/api.ts'
import { type GuidelineContent, type Rule, ruleChanges } from '#lib/domain/guideline.ts'
import type { Locale } from '#lib/domain/locale.ts'
import { localized } from '#lib/domain/rules.ts'
import { changedPassages, diffText } from '#lib/domain/text-diff.ts'
import { CHANGE_TONE } from './change-tone.ts'
import { useRankedNames } from './conflict-steps.tsx'

const textOf = (rule: Rule | undefined, locale: Locale): string => {
  if (!rule) return ''
  const examples = [rule.good, rule.bad, ...rule.examples]
  const texts = [rule.title, rule.statement, rule.rationale, ...examples.flatMap(({ prompt, answer, why }) => [prompt, answer, why])]
  const [title, ...others] = texts.map((text) => localized(text, locale))
  const { roles, categories } = rule.appliesTo
  const conversations = rule.examples.flatMap(({ verdict, conversationId }) => (conversationId ? [`${verdict}: ${conversationId}`] : []))
  return [title, rule.level, [...roles, ...categories].join(', '), ...others, ...conversations].join('\n\n')
}

/** The changed passages of a text and what stands around them. */
function Passages({ before, after }: { before: string; after: string }) {
  const t = useTranslations('guideline')
  const passages = changedPassages(diffText(before, after))
  if (passages.length === 0) return <p className="text-ink-3">{t('nothingChanged')}</p>
  return (
    <ol aria-label={t('changedPassages')} className="divide-y divide-dashed border-l-2 pl-4">
      {passages.map((parts, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: published versions never change, nor does their diff
        <li key={index} className="py-3 first:pt-0 last:pb-0">
          <DiffText parts={parts} />
        </li>
      ))}
    </ol>
  )
}

/** What changed between two published versions: the text, and rule by rule. */
export function GuidelineDiff({ from, to }: { from: string; to: string }) {
  const t = useTranslations('guideline')
  const locale = useLocale()
  const project = useProject()
  const nameOf = useRankedNames()
  const before = useQuery(query.getGuideline.queryOptions({ input: { projectId: project.id, version: from } }))
  const after = useQuery(query.getGuideline.queryOptions({ input: { projectId: project.id, version: to } }))
  const failed = before.error ? before : after.error ? after : null
  if (failed?.error) return <ErrorState error={failed.error} onRetry={failed.refetch} />
  if (!before.data || !after.data) return <SkeletonRows rows={8} label={t('loadingRules')} />
  const [old, now] = [before.data.rules, after.data.rules]
  const changes = ruleChanges(old, now)
  const wholeText = ({ title, body }: Pick<GuidelineContent, 'title' | 'body'>) => `${localized(title, locale)}\n\n${localized(body, locale)}`
  const stepsText = ({ procedure }: Pick<GuidelineContent, 'procedure'>) =>
    procedure.map(({ text, ranks }, index) => [`${index + 1}. ${localized(text, locale)}`, ranks.map(nameOf).join(' > ')].join('\n')).join('\n\n')
  const [textBefore, textAfter] = [wholeText(before.data), wholeText(after.data)]
  const [stepsBefore, stepsAfter] = [stepsText(before.data), stepsText(after.data)]
  return (
    <div className="max-w-read space-y-8">
      <h2 className="font-semibold text-md">{t('changesBetween', { from, to })}</h2>
      {textBefore !== textAfter && <Passages before={textBefore} after={textAfter} />}
      {stepsBefore !== stepsAfter && (
        <section aria-label={t('procedure')}>
          <h3 className="mb-1 font-medium">{t('procedure')}</h3>
          <Passages before={stepsBefore} after={stepsAfter} />
        </section>
      )}
      {changes.length === 0 && textBefore === textAfter && stepsBefore === stepsAfter && <p className="text-ink-3">{t('nothingChanged')}</p>}
      {changes.map(({ slug, kind }) => {
        const find = (rules: readonly Rule[]) => rules.find((rule) => rule.slug === slug)
        return (
          <section key={slug} aria-label={slug}>
            <h3 className="mb-1 flex items-center gap-2">
              <span className="font-mono text-sm">{slug}</span>
              <Badge tone={CHANGE_TONE[kind]}>{t(`change.${kind}`)}</Badge>
            </h3>
            <Passages before={textOf(find(old), locale)} after={textOf(find(now), locale)} />
          </section>
        )
      })}
    </div>
  )
}
