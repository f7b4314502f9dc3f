'use client'
import { useDeferredValue, useMemo } from 'react'
import type { Message } from '#lib/domain/conversation.ts'
import { placeOfSuggestion, type SuggestionPlace } from '#lib/domain/suggestion.ts'
import type { Conversation } from './write-page.tsx'

export type Remark = Conversation['reviews'][number]['comments'][number]

/** What became of the message a remark is on, and of its passage. `whole`: it is on no passage. */
export type Place = { position: number | null; passage: SuggestionPlace | { kind: 'whole' } }

/** The passage a remark is on as it was judged, and as it stands in a text. */
export function locatePassage(remark: Remark, judged: readonly Message[], messages: readonly Message[]): SuggestionPlace | null {
  const { messageId, rangeStart, rangeEnd, quote, suggestion } = remark
  const [before, after] = [judged, messages].map((side) => side.find((message) => message.id === messageId)?.content)
  if (before === undefined || after === undefined || rangeStart === null || rangeEnd === null) return null
  return placeOfSuggestion(before, after, { start: rangeStart, end: rangeEnd }, suggestion ?? quote)
}

/** Where a remark stands in the text being written; looked up when typing pauses. */
export function usePlace(remark: Remark, judged: readonly Message[], messages: readonly Message[]): Place {
  const settled = useDeferredValue(messages)
  const at = settled.findIndex((message) => message.id === remark.messageId)
  const content = settled[at]?.content
  // biome-ignore lint/correctness/useExhaustiveDependencies: of the messages only the content of this one counts
  const passage = useMemo(() => locatePassage(remark, judged, settled), [remark, judged, content])
  return { position: at >= 0 ? at + 1 : null, passage: passage ?? { kind: 'whole' } }
}
