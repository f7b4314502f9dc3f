import type { TextRange } from '#lib/domain/anchor.ts'
import type { Message } from '#lib/domain/conversation.ts'

/** A passage with a remark on it, or one that was not typed. */
export type TextHighlight = TextRange & { id: string; messageId: string; kind: 'remark' | 'paste' | 'model' }

/** A stretch of text with what lies over it. */
export type Segment = { start: number; text: string; over: TextHighlight[] }

/** What of a message was pasted or drafted by a model. */
export const originHighlights = ({ id: messageId, origins = [] }: Message): TextHighlight[] =>
  origins.flatMap(({ source, start, end }) => (source === 'human' ? [] : [{ id: `${source}-${start}`, messageId, kind: source, start, end }]))

/** Cuts a text where highlights begin and end; ranges beyond the text are cut off, empty ones dropped. */
export function segmentsOf(text: string, highlights: readonly TextHighlight[]): Segment[] {
  const inside = highlights
    .map((highlight) => ({ ...highlight, start: Math.max(0, highlight.start), end: Math.min(text.length, highlight.end) }))
    .filter(({ start, end }) => start < end)
  const cuts = [...new Set([0, text.length, ...inside.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b)
  return cuts.slice(0, -1).map((start, index) => {
    const end = cuts[index + 1] ?? text.length
    return { start, text: text.slice(start, end), over: inside.filter((each) => each.start <= start && each.end >= end) }
  })
}
