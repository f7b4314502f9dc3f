'use client'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { TextWithRules } from '#components/guideline/rule-link.tsx'
import type { Conversation } from './write-page.tsx'

/** What is asked, and where it comes from. */
export function PromptPanel({ prompt, actions }: { prompt: Conversation['prompt']; actions?: ReactNode }) {
  const t = useTranslations('write')
  const facts = [
    [t('category'), prompt.category],
    [t('language'), prompt.language],
    [t('tags'), prompt.tags.join(', ')],
    [t('source'), prompt.source],
    [t('licence'), prompt.licence],
  ].filter(([, value]) => value)
  return (
    <aside aria-label={t('prompt')} className="mb-6 text-sm xl:col-span-2 xl:mb-2 2xl:sticky 2xl:top-6 2xl:col-span-1 2xl:self-start">
      <div className="mb-1 flex items-center justify-between gap-4">
        <h1 className="font-semibold text-base">{t('prompt')}</h1>
        {actions}
      </div>
      {prompt.instructions && (
        <p className="mb-3 max-w-read text-ink-2">
          <TextWithRules>{prompt.instructions}</TextWithRules>
        </p>
      )}
      <dl className="mb-4 flex flex-wrap gap-x-5 gap-y-1 2xl:grid 2xl:grid-cols-[auto_1fr] 2xl:gap-x-3">
        {facts.map(([name, value]) => (
          <div key={name} className="flex gap-x-2 2xl:contents">
            <dt className="text-ink-3">{name}</dt>
            <dd className="min-w-0 break-words">{value}</dd>
          </div>
        ))}
      </dl>
    </aside>
  )
}
