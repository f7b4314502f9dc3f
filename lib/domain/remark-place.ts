// Where a remark on a judged text points in the text as it is now: carried through edits, and found by its words where they moved.
import type { TextRange } from './anchor.ts'
import { type Anchor, carryRange, placeOfSuggestion, rangeOf } from './suggestion.ts'

export type RemarkPlace =
  /** It is on the conversation as a whole. */
  | { kind: 'whole' }
  /** On a message as a whole, which is there. */
  | { kind: 'message'; messageId: string }
  | { kind: 'stands'; messageId: string; range: TextRange }
  /** What it suggests stands in its place. */
  | { kind: 'applied'; messageId: string }
  /** The message is there, the passage in it has changed. */
  | { kind: 'changed'; messageId: string }
  /** Neither its message nor its words are there any more. */
  | { kind: 'orphan' }

type Text = { id: string; content: string }

/** So much of the same text beside a passage tells it from the same words elsewhere; a passage as long needs none. */
const CONTEXT = 24

function* occurrences(text: string, quote: string): Generator<number> {
  for (let at = text.indexOf(quote); at >= 0; at = text.indexOf(quote, at + 1)) yield at
}

/** Characters that are the same beside two places, going one way, up to what counts. */
function sameBeside(a: string, atA: number, b: string, atB: number, step: 1 | -1): number {
  let same = 0
  const character = (text: string, at: number) => text[step === 1 ? at + same : at - 1 - same]
  while (same < CONTEXT && character(a, atA) !== undefined && character(a, atA) === character(b, atB)) same++
  return same
}

/** The words of a passage in another place: there alone and long, or with the text they stood in beside them. Null when that is not certain. */
function findMoved(before: Text, range: TextRange, judged: readonly Text[], now: readonly Text[]): { messageId: string; range: TextRange } | null {
  const quote = before.content.slice(range.start, range.end)
  if (!quote.trim()) return null
  const places = now.flatMap(({ id, content }) =>
    [...occurrences(content, quote)].map((start) => ({
      messageId: id,
      range: { start, end: start + quote.length },
      beside: sameBeside(before.content, range.start, content, start, -1) + sameBeside(before.content, range.end, content, start + quote.length, 1),
    })),
  )
  const [best, second] = places.toSorted((a, b) => b.beside - a.beside)
  if (!best) return null
  const { messageId } = best
  const isOnly = !second && quote.length >= CONTEXT && judged.reduce((sum, { content }) => sum + [...occurrences(content, quote)].length, 0) === 1
  const isTold = best.beside >= CONTEXT && best.beside > (second?.beside ?? 0)
  return isOnly || isTold ? { messageId, range: best.range } : null
}

/** A whole message under another id, as after it was deleted and put back. */
function findSame(before: Text, now: readonly Text[]): string | null {
  const same = now.filter(({ content }) => content.trim() !== '' && content === before.content)
  return same.length === 1 ? (same[0]?.id ?? null) : null
}

/** Where a remark made on `judged` points in the messages as they are `now`. It is never nowhere: what is gone is told as such. */
export function placeOfRemark(anchor: Anchor, judged: readonly Text[], now: readonly Text[]): RemarkPlace {
  const { messageId, suggestion } = anchor
  if (messageId == null) return { kind: 'whole' }
  const [before, after] = [judged, now].map((side) => side.find(({ id }) => id === messageId))
  if (!before) return after ? { kind: 'message', messageId } : { kind: 'orphan' }
  const range = rangeOf(anchor, before.content)
  if (!range) {
    const there = after ? messageId : findSame(before, now)
    return there ? { kind: 'message', messageId: there } : { kind: 'orphan' }
  }
  if (after && suggestion) {
    const place = placeOfSuggestion(before.content, after.content, range, suggestion)
    if (place.kind !== 'changed') return { ...place, messageId }
  }
  if (after?.content === before.content) return { kind: 'stands', messageId, range }
  const kept = after ? carryRange(before.content, after.content, range) : null
  if (kept) return { kind: 'stands', messageId, range: kept }
  const moved = findMoved(before, range, judged, now)
  if (moved) return { kind: 'stands', ...moved }
  return after ? { kind: 'changed', messageId } : { kind: 'orphan' }
}
