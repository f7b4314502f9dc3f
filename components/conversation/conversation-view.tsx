'use client'
import { useTranslations } from 'next-intl'
import { type ReactNode, useEffect, useMemo, useRef } from 'react'
import type { Message, Tool } from '#lib/domain/conversation.ts'
import './conversation.css'
import { MessageView } from './message-view.tsx'
import { paintHighlights } from './rendered-highlights.ts'
import { originHighlights, type TextHighlight } from './text-highlights.ts'
import { readSelection, type SelectedRange } from './text-selection.ts'
import { ToolListView } from './tool-list-view.tsx'

type Props = {
  messages: readonly Message[]
  tools?: readonly Tool[]
  /** Passages with remarks, as ranges of the messages' content. */
  highlights?: readonly TextHighlight[]
  activeHighlightId?: string | null
  onHighlight?: (id: string) => void
  /** The message the keyboard stands on. */
  activeMessageId?: string | null
  /** Told about every finished selection: a passage of one message, or null. */
  onSelectRange?: (range: SelectedRange | null) => void
  /** Shows content rendered (markdown) instead of as the text it is; null leaves a message as it is. */
  renderContent?: (message: Message) => ReactNode | null
  /** What stands below a message: remarks, a form. */
  below?: (message: Message) => ReactNode
}

const NONE: readonly TextHighlight[] = []

/** A conversation to read. Passages can be marked and selected; ranges are half-open, in UTF-16 code units of `content`. */
export function ConversationView({
  messages,
  tools = [],
  highlights = NONE,
  activeHighlightId = null,
  onHighlight,
  activeMessageId = null,
  onSelectRange,
  renderContent,
  below,
}: Props) {
  const t = useTranslations('conversation')
  const root = useRef<HTMLDivElement>(null)
  const contentOf = (messageId: string) => messages.find((message) => message.id === messageId)?.content
  const isRendered = renderContent !== undefined

  const all = useMemo(() => [...messages.flatMap(originHighlights), ...highlights], [messages, highlights])
  // The same lists as long as the highlights are: a message is drawn again only for its own.
  const byMessage = useMemo(() => Map.groupBy(all, (highlight) => highlight.messageId), [all])
  // biome-ignore lint/correctness/useExhaustiveDependencies: `contentOf` reads `messages`, which is listed
  useEffect(() => {
    if (isRendered && root.current) return paintHighlights(root.current, all, contentOf, activeHighlightId)
  }, [isRendered, all, activeHighlightId, messages])

  const report = () => {
    if (onSelectRange && root.current) onSelectRange(readSelection(root.current, contentOf))
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only listens for the end of a selection, which any means may make
    <div ref={root} className="flex flex-col gap-6" onPointerUp={report} onKeyUp={(event) => event.shiftKey && report()}>
      {tools.length > 0 && <ToolListView tools={tools} />}
      {messages.length === 0 && <p className="text-ink-3">{t('noMessages')}</p>}
      {messages.map((message, index) => (
        <MessageView
          key={message.id}
          message={message}
          position={index + 1}
          total={messages.length}
          highlights={byMessage.get(message.id) ?? NONE}
          activeHighlightId={activeHighlightId}
          isActive={message.id === activeMessageId}
          onHighlight={onHighlight}
          renderContent={renderContent}
          below={below?.(message)}
        />
      ))}
    </div>
  )
}
