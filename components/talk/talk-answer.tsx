'use client'
import { useTranslations } from 'next-intl'
import { Markdown } from '#components/ui/markdown.tsx'
import type { Turn } from '#lib/client/talk-store.ts'

/** One model's answer to one question, while it is written and after. */
export function TalkAnswer({ turn, hidesFacts }: { turn: Turn; hidesFacts: boolean }) {
  const t = useTranslations('talk')
  return (
    <div className="min-w-0 border-role-assistant border-l-2 pl-4" aria-busy={turn.state === 'writing'} data-answer={turn.state}>
      {turn.answer && (
        <div className="prose-conversation">
          <Markdown>{turn.answer}</Markdown>
        </div>
      )}
      {turn.state === 'writing' && !turn.answer && <p className="animate-breathe text-ink-3">{t('thinking')}</p>}
      {turn.state === 'done' && !turn.answer.trim() && <p className="text-ink-3">{t('emptyAnswer')}</p>}
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
  )
}
