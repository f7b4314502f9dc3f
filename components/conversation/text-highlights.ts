import type { TextRange } from '#lib/domain/anchor.ts'

export type TextHighlight = TextRange & { id: string; messageId: string }

/** A stretch of text with the remarks that lie over it. */
export type Segment = { start: number; text: string; ids: string[] }

/** Cuts a text where highlights begin and end; ranges beyond the text are cut off, empty ones dropped. */
export function segmentsOf(text: string, highlights: readonly TextHighlight[]): Segment[] {
  const inside = highlights
    .map((highlight) => ({ ...highlight, start: Math.max(0, highlight.start), end: Math.min(text.length, highlight.end) }))
    .filter(({ start, end }) => start < end)
  const cuts = [...new Set([0, text.length, ...inside.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b)
  return cuts.slice(0, -1).map((start, index) => {
    const end = cuts[index + 1] ?? text.length
    return { start, text: text.slice(start, end), ids: inside.filter((each) => each.start <= start && each.end >= end).map((each) => each.id) }
  })
}
