// A reviewer's text for a passage, put in its place in a text that may have changed since it was judged.
import type { TextRange } from './anchor.ts'
import { editBetween } from './origin.ts'
import { type DiffPart, diffWords } from './text-diff.ts'

/** What a remark is on, and what it suggests in its place. */
export type Anchor = {
  messageId?: string | null | undefined
  rangeStart?: number | null | undefined
  rangeEnd?: number | null | undefined
  suggestion?: string | null | undefined
}

/** The part of a message a remark is on. What is suggested for no passage of it is suggested for the whole message; null: for neither. */
export function rangeOf({ rangeStart, rangeEnd, suggestion }: Anchor, content: string): TextRange | null {
  if (rangeStart != null && rangeEnd != null) return { start: rangeStart, end: rangeEnd }
  return suggestion ? { start: 0, end: content.length } : null
}

/** The words a remark is on, or would replace; empty for a whole conversation or a message nothing is suggested for. */
export function passageOf(anchor: Anchor, judged: readonly { id: string; content: string }[]): string {
  const content = judged.find(({ id }) => id === anchor.messageId)?.content
  const range = content === undefined ? null : rangeOf(anchor, content)
  return content && range ? content.slice(range.start, range.end) : ''
}

const onlyPlace = (text: string, passage: string): number | null => {
  const at = text.indexOf(passage)
  return at >= 0 && text.indexOf(passage, at + 1) < 0 ? at : null
}

/** Where a range lies when everything that is the same keeps its place; null when an edit touched it. */
function throughParts(parts: readonly DiffPart[], { start, end }: TextRange): TextRange | null {
  let [old, now] = [0, 0]
  for (const { kind, text } of parts) {
    if (kind === 'same' && old <= start && end <= old + text.length) return { start: now + start - old, end: now + end - old }
    if (kind !== 'added') old += text.length
    if (kind !== 'removed') now += text.length
  }
  return null
}

/** Where the passage at `range` of `before` stands in `after`, untouched; null when it has changed or is gone. */
export function carryRange(before: string, after: string, range: TextRange): TextRange | null {
  const edit = editBetween(before, after)
  if (range.end <= edit.from) return range
  const shift = after.length - before.length
  if (range.start >= edit.to) return { start: range.start + shift, end: range.end + shift }
  const kept = throughParts(diffWords(before, after), range)
  if (kept) return kept
  // Repeated words can be paired off in several ways; what stands once on both sides is told without.
  const passage = before.slice(range.start, range.end)
  const at = onlyPlace(before, passage) === null ? null : onlyPlace(after, passage)
  return at === null ? null : { start: at, end: at + passage.length }
}

export type SuggestionPlace = { kind: 'stands'; range: TextRange } | { kind: 'applied' } | { kind: 'changed' }

/** What became of a passage somebody suggested another text for: it stands where it can be replaced, was replaced, or was changed otherwise. */
export function placeOfSuggestion(before: string, after: string, range: TextRange, suggestion: string): SuggestionPlace {
  const place = carryRange(before, after, range)
  const replaced = before.slice(0, range.start) + suggestion + before.slice(range.end)
  const isApplied = carryRange(replaced, after, { start: range.start, end: range.start + suggestion.length }) !== null
  // Each may hold the other, such as a sentence one word was added to: the longer says which it is.
  const isLonger = suggestion.length > range.end - range.start
  if (isApplied && (!place || isLonger)) return { kind: 'applied' }
  return place ? { kind: 'stands', range: place } : { kind: 'changed' }
}
