'use client'
import { useFormatter, useTranslations } from 'next-intl'
import type { DraftContent } from '#lib/domain/conversation.ts'
import type { useGauge } from './use-gauge.ts'

/** How long the text is: for the model, or in characters where no model counts. */
export function LengthLine({ content, length }: { content: DraftContent; length: ReturnType<typeof useGauge> }) {
  const t = useTranslations('write')
  const format = useFormatter()
  const turns = content.messages.length
  if (!length?.gauge.ok) {
    const characters = content.messages.reduce((sum, message) => sum + message.content.length, 0)
    return (
      <span className="text-ink-3 tabular-nums" title={length?.gauge.ok === false ? length.gauge.message : undefined}>
        {t('counts', { turns, characters })}
      </span>
    )
  }
  const { tokens, trained } = length.gauge
  const isOver = length.limit !== null && tokens > length.limit
  return (
    <span className={`tabular-nums ${isOver ? 'text-rejected' : 'text-ink-3'}`}>
      {t('tokens', { tokens, trained })}
      {length.limit !== null &&
        t('ofLimit', { share: format.number(tokens / length.limit, { style: 'percent', maximumFractionDigits: 0 }), limit: length.limit })}
    </span>
  )
}
