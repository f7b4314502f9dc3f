'use client'
import { ChevronRight } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { Tool } from '#lib/domain/conversation.ts'

/** The tools an assistant may call in this conversation, folded away until somebody asks. */
export function ToolListView({ tools }: { tools: readonly Tool[] }) {
  const t = useTranslations('conversation')
  return (
    <details className="group">
      <summary className="flex list-none items-center gap-1 text-ink-2 text-sm hover:text-ink-1">
        <ChevronRight aria-hidden className="size-3.5 group-open:rotate-90" />
        {t('toolCount', { count: tools.length })}
        <span className="truncate font-mono text-ink-3 text-xs">{tools.map((tool) => tool.name).join(', ')}</span>
      </summary>
      <ul className="mt-2 flex flex-col gap-3 pl-5">
        {tools.map((tool) => (
          <li key={tool.name}>
            <p>
              <span className="font-medium font-mono text-sm">{tool.name}</span> <span className="text-ink-2">{tool.description}</span>
            </p>
            <pre className="mt-1 whitespace-pre-wrap break-words rounded-md bg-surface-1 px-3 py-2 font-mono text-xs">{tool.parameters}</pre>
          </li>
        ))}
      </ul>
    </details>
  )
}
