'use client'
import { Check, X } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Markdown } from '#components/ui/markdown.tsx'
import { Badge } from '#components/ui/state-pill.tsx'
import type { Rule, RuleExample } from '#lib/domain/guideline.ts'
import type { Locale } from '#lib/domain/locale.ts'
import { localized } from '#lib/domain/rules.ts'
import { ConversationExample } from './conversation-example.tsx'

type Shown = { example: RuleExample & { conversationId?: string | null }; kind: 'good' | 'bad'; isLapsed: boolean }

/** A rule, where it is published with those of its examples that are approved no more. */
export type ShownRule = Rule & { lapsed?: readonly string[] }

const hasText = ({ example }: Shown, locale: Locale) => localized(example.answer, locale) !== '' || Boolean(example.conversationId)

function Example({ example, kind, isLapsed, locale }: Shown & { locale: Locale }) {
  const t = useTranslations('guideline')
  const answer = localized(example.answer, locale)
  const prompt = localized(example.prompt, locale)
  const why = localized(example.why, locale)
  const Icon = kind === 'good' ? Check : X
  return (
    <figure className={`min-w-0 border-l-2 pl-3 ${kind === 'good' ? 'border-approved' : 'border-rejected'}`}>
      <figcaption className={`mb-1 flex items-center gap-1 font-medium text-sm ${kind === 'good' ? 'text-approved' : 'text-rejected'}`}>
        <Icon aria-hidden className="size-3.5" />
        {t(kind)}
        {isLapsed && <Badge tone="changes">{t('lapsed')}</Badge>}
      </figcaption>
      {prompt && <p className="mb-1.5 whitespace-pre-wrap text-ink-3 text-sm">{prompt}</p>}
      {answer && (
        <Markdown whenNear className="text-base">
          {answer}
        </Markdown>
      )}
      {example.conversationId && <ConversationExample conversationId={example.conversationId} />}
      {why && <p className="mt-1.5 text-ink-3 text-sm">{why}</p>}
    </figure>
  )
}

/** What following the rule looks like and what not; below each other where it is narrow. */
export function RuleExamples({ rule, compact, locale }: { rule: ShownRule; compact: boolean; locale: Locale }) {
  const shown: Shown[] = [
    { example: rule.good, kind: 'good' as const, isLapsed: false },
    { example: rule.bad, kind: 'bad' as const, isLapsed: false },
    ...rule.examples.map((example) => ({
      example,
      kind: example.verdict,
      isLapsed: example.conversationId !== null && rule.lapsed?.includes(example.conversationId) === true,
    })),
  ].filter((each) => hasText(each, locale))
  if (shown.length === 0) return null
  return (
    <div className={compact ? 'mt-3 space-y-3' : 'mt-3 grid gap-4 md:grid-cols-2'}>
      {shown.map(({ example, kind, isLapsed }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an example has no name, and a published one never moves
        <Example key={index} example={example} kind={kind} isLapsed={isLapsed} locale={locale} />
      ))}
    </div>
  )
}
