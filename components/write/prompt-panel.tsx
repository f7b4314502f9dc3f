'use client'
import { useTranslations } from 'next-intl'
import { Button } from '#components/ui/button.tsx'
import type { Conversation } from './write-page.tsx'

/** What is asked, and where it comes from. */
export function PromptPanel({ prompt, onSkip }: { prompt: Conversation['prompt']; onSkip?: () => void }) {
  const t = useTranslations('write')
  const facts = [
    [t('category'), prompt.category],
    [t('language'), prompt.language],
    [t('tags'), prompt.tags.join(', ')],
    [t('source'), prompt.source],
    [t('licence'), prompt.licence],
  ].filter(([, value]) => value)
  return (
    <aside aria-label={t('prompt')} className="mb-6 text-sm xl:sticky xl:top-6 xl:self-start">
      <h1 className="mb-2 font-semibold text-base">{t('prompt')}</h1>
      {prompt.instructions && <p className="mb-4 text-ink-2">{prompt.instructions}</p>}
      <dl className="mb-4 grid grid-cols-[auto_1fr] gap-x-3 gap-y-1">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-ink-3">{name}</dt>
            <dd className="min-w-0 break-words">{value}</dd>
          </div>
        ))}
      </dl>
      {onSkip && (
        <Button size="sm" variant="quiet" onClick={onSkip}>
          {t('skip')}
        </Button>
      )}
    </aside>
  )
}
