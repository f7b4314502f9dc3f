'use client'
import { useTranslations } from 'next-intl'
import type { ToolCall } from '#lib/domain/conversation.ts'
import { isJson } from '#lib/domain/turns.ts'

/** A call an assistant turn makes, its arguments as they are. */
export function ToolCallView({ call }: { call: ToolCall }) {
  const t = useTranslations('conversation')
  return (
    <figure className="mt-2">
      <figcaption className="flex flex-wrap items-baseline gap-x-2 text-ink-3 text-xs">
        <span>{t('callOf')}</span>
        <span className="font-medium font-mono text-ink-1 text-sm">{call.name}</span>
        <span className="font-mono">{call.id}</span>
        {!isJson(call.arguments) && <span className="text-rejected">{t('notJson')}</span>}
      </figcaption>
      <pre className="mt-1 whitespace-pre-wrap break-words rounded-md bg-surface-1 px-3 py-2 font-mono text-sm">{call.arguments}</pre>
    </figure>
  )
}
