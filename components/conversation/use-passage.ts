'use client'
import { useDeferredValue, useMemo } from 'react'
import type { ConversationDocument } from '#lib/client/conversation-document.ts'
import type { Message } from '#lib/domain/conversation.ts'
import { editContent, HUMAN } from '#lib/domain/draft.ts'
import { type Anchor, placeOfSuggestion, rangeOf, type SuggestionPlace } from '#lib/domain/suggestion.ts'

/** `none`: it is on no passage, or its message is gone. */
export type PassagePlace = SuggestionPlace | { kind: 'none' }

function locate(anchor: Anchor, judged: readonly Message[], messages: readonly Message[]): PassagePlace {
  const [before, after] = [judged, messages].map((side) => side.find((message) => message.id === anchor.messageId)?.content)
  const range = before === undefined ? null : rangeOf(anchor, before)
  if (before === undefined || after === undefined || !range) return { kind: 'none' }
  return placeOfSuggestion(before, after, range, anchor.suggestion ?? before.slice(range.start, range.end))
}

/**
 * Where the passage of a remark on a judged text stands in the text being written, looked up when typing pauses; and how to put
 * the suggested text in its place, as a step that can be undone.
 */
export function usePassage(anchor: Anchor, judged: readonly Message[], messages: readonly Message[], document: ConversationDocument) {
  const settled = useDeferredValue(messages)
  const at = settled.findIndex((message) => message.id === anchor.messageId)
  const content = settled[at]?.content
  // biome-ignore lint/correctness/useExhaustiveDependencies: of the messages only the content of this one counts
  const place = useMemo(() => locate(anchor, judged, settled), [anchor, judged, content])
  const apply = (): void => {
    const { suggestion, messageId } = anchor
    // The text may have moved on since it was drawn.
    const now = locate(anchor, judged, document.getContent().messages)
    if (!suggestion || !messageId || now.kind !== 'stands') return
    const { start: from, end: to } = now.range
    document.apply((draft) => editContent(draft, messageId, [{ from, to, inserted: suggestion }], HUMAN))
  }
  return { position: at >= 0 ? at + 1 : null, place, apply }
}
