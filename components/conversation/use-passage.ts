'use client'
import { useDeferredValue, useMemo } from 'react'
import type { ConversationDocument } from '#lib/client/conversation-document.ts'
import type { Message } from '#lib/domain/conversation.ts'
import { editContent, HUMAN } from '#lib/domain/draft.ts'
import { placeOfRemark } from '#lib/domain/remark-place.ts'
import type { Anchor } from '#lib/domain/suggestion.ts'

/**
 * Where the passage of a remark on a judged text stands in the text being written, looked up when typing pauses; and how to put
 * the suggested text in its place, as a step that can be undone.
 */
export function usePassage(anchor: Anchor, judged: readonly Message[], messages: readonly Message[], document: ConversationDocument) {
  const settled = useDeferredValue(messages)
  const place = useMemo(() => placeOfRemark(anchor, judged, settled), [anchor, judged, settled])
  const apply = (): void => {
    const { suggestion } = anchor
    // The text may have moved on since it was drawn.
    const now = placeOfRemark(anchor, judged, document.getContent().messages)
    if (!suggestion || now.kind !== 'stands') return
    const { start: from, end: to } = now.range
    document.apply((draft) => editContent(draft, now.messageId, [{ from, to, inserted: suggestion }], HUMAN))
  }
  return { place, apply }
}
