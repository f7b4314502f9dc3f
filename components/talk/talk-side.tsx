'use client'
import { useTranslations } from 'next-intl'
import type { ReactNode } from 'react'
import { Markdown } from '#components/ui/markdown.tsx'
import type { Turn } from './use-reply.ts'

/** One model's answers, under its name or, in a blind talk, its letter. */
export function TalkSide({ heading, turns, hidesFacts }: { heading: ReactNode; turns: readonly Turn[]; hidesFacts: boolean }) {
  const t = useTranslations('talk')
  return (
    <section className="min-w-0">
      <div className="sticky top-0 z-10 border-b bg-surface-0 py-2 font-semibold">{heading}</div>
      <ol className="space-y-6 py-4">
        {turns.map((turn) => (
          <li key={turn.id} className="space-y-3">
            <p dir="auto" className="prose-conversation whitespace-pre-wrap border-role-user border-l-2 pl-4">
              {turn.question}
            </p>
            <div className="border-role-assistant border-l-2 pl-4" aria-busy={turn.state === 'writing'}>
              {turn.answer && (
                <div className="prose-conversation">
                  <Markdown>{turn.answer}</Markdown>
                </div>
              )}
              {turn.state === 'writing' && !turn.answer && <p className="animate-breathe text-ink-3">{t('thinking')}</p>}
              {turn.state === 'done' && !turn.answer && <p className="text-ink-3">{t('emptyAnswer')}</p>}
              {turn.state === 'stopped' && <p className="text-ink-3 text-sm">{t('stopped')}</p>}
              {turn.problem && (
                <p role="alert" className="text-rejected">
                  {turn.problem}
                </p>
              )}
              {!hidesFacts && turn.tokens !== null && (
                <p className="mt-1 text-ink-3 text-sm tabular-nums">
                  {t('facts', { tokens: turn.tokens, speed: Math.round((turn.tokensPerSecond ?? 0) * 10) / 10 })}
                </p>
              )}
            </div>
          </li>
        ))}
      </ol>
    </section>
  )
}
