'use client'
import { ChevronRight } from 'lucide-react'
import { useFormatter, useTranslations } from 'next-intl'
import { memo, type ReactNode } from 'react'
import { classNames } from '#components/ui/class-names.ts'
import type { Message } from '#lib/domain/conversation.ts'
import { originShares } from '#lib/domain/origin.ts'
import { ROLE_RULE, RoleLabel } from './role-label.tsx'
import { segmentsOf, type TextHighlight } from './text-highlights.ts'
import { ToolCallView } from './tool-call-view.tsx'

type Props = {
  message: Message
  /** Place in the conversation, from 1, and how many there are. */
  position: number
  total: number
  highlights: readonly TextHighlight[]
  activeHighlightId: string | null
  isActive: boolean
  onHighlight: ((id: string) => void) | undefined
  renderContent: ((message: Message) => ReactNode | null) | undefined
  below: ReactNode
}

function SourceText({
  message,
  highlights,
  activeHighlightId,
  onHighlight,
}: Pick<Props, 'message' | 'highlights' | 'activeHighlightId' | 'onHighlight'>) {
  return segmentsOf(message.content, highlights).map(({ start, text, over }) => {
    const origin = over.find(({ kind }) => kind !== 'remark')
    const ids = over.filter(({ kind }) => kind === 'remark').map(({ id }) => id)
    const id = ids.at(-1)
    if (id === undefined) {
      return origin ? (
        <span key={start} className={origin.kind}>
          {text}
        </span>
      ) : (
        text
      )
    }
    return (
      // biome-ignore lint/a11y/useKeyWithClickEvents: the remark itself, beside the text, is what the keyboard reaches
      <mark
        key={start}
        className={classNames('remark', activeHighlightId !== null && ids.includes(activeHighlightId) && 'remark-active')}
        onClick={onHighlight && (() => onHighlight(id))}
      >
        {text}
      </mark>
    )
  })
}

/** How much of the text was not typed by its author; nothing where all of it was. */
function OriginLine({ message: { content, origins } }: { message: Message }) {
  const t = useTranslations('conversation')
  const format = useFormatter()
  if (!origins?.some(({ source }) => source !== 'human')) return null
  const shares = originShares(content.length, origins)
  return (['paste', 'model'] as const).map(
    (source) =>
      shares[source] > 0 && (
        <span key={source} className="text-ink-3 text-xs">
          <span className={source}>{t(`share.${source}`, { share: format.number(Math.max(0.01, shares[source]), { style: 'percent' }) })}</span>
        </span>
      ),
  )
}

/** One message to read: who speaks, the thinking apart, the text, calls, and what stands below it (remarks). */
export const MessageView = memo(function MessageView({
  message,
  position,
  total,
  highlights,
  activeHighlightId,
  isActive,
  onHighlight,
  renderContent,
  below,
}: Props) {
  const t = useTranslations('conversation')
  const { role, content, reasoning, toolCalls, toolCallId, name, train } = message
  const rendered = renderContent?.(message) ?? null
  return (
    <article
      data-message={message.id}
      aria-label={t('messageOf', { role: t(`role.${role}`), position, total })}
      className={classNames('border-l-2 pl-4', ROLE_RULE[role], isActive && 'bg-surface-1')}
    >
      <header className="flex flex-wrap items-baseline gap-x-3">
        <RoleLabel role={role} />
        {role === 'tool' && toolCallId && (
          <span className="font-mono text-ink-3 text-xs">{t('resultOf', { call: name ? `${name} · ${toolCallId}` : toolCallId })}</span>
        )}
        {role === 'assistant' && !train && <span className="text-ink-3 text-xs">{t('notTrained')}</span>}
        <OriginLine message={message} />
      </header>
      {reasoning && (
        <details className="group mt-1">
          <summary className="inline-flex list-none items-center gap-1 text-ink-3 text-sm hover:text-ink-1">
            <ChevronRight aria-hidden className="size-3.5 group-open:rotate-90" />
            {t('thinking')}
          </summary>
          <div className="prose-conversation whitespace-pre-wrap text-ink-2" dir="auto">
            {reasoning}
          </div>
        </details>
      )}
      {content !== '' &&
        (rendered !== null ? (
          <div data-message-text={message.id} data-rendered="" dir="auto" className="prose-conversation mt-1">
            {rendered}
          </div>
        ) : (
          <div
            data-message-text={message.id}
            dir="auto"
            className={classNames('mt-1 whitespace-pre-wrap', role === 'tool' ? 'break-words font-mono text-sm' : 'prose-conversation')}
          >
            <SourceText message={message} highlights={highlights} activeHighlightId={activeHighlightId} onHighlight={onHighlight} />
          </div>
        ))}
      {toolCalls?.map((call) => (
        <ToolCallView key={call.id} call={call} />
      ))}
      {below}
    </article>
  )
})
