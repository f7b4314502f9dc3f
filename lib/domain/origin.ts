import type { OriginSpan } from './conversation.ts'

/** Where newly inserted text comes from; `given` (a prompt's own text, an undo) leaves no span. */
export type OriginSource = Pick<OriginSpan, 'source' | 'model'>

/** One replacement in a text: code units [from, to) of the old text give way to `inserted`. */
export type TextEdit = { from: number; to: number; inserted: string }

export type Origins = readonly OriginSpan[]

const joins = (a: OriginSpan, b: OriginSpan): boolean => a.end === b.start && a.source === b.source && a.model === b.model

/** Sorted, without empty spans, neighbours of one source joined. */
export function tidyOrigins(spans: Origins): OriginSpan[] {
  const tidy: OriginSpan[] = []
  for (const span of spans.filter(({ start, end }) => start < end).toSorted((a, b) => a.start - b.start)) {
    const last = tidy.at(-1)
    if (last && joins(last, span)) tidy[tidy.length - 1] = { ...last, end: span.end }
    else tidy.push(span)
  }
  return tidy
}

/** The spans of the text between two places, counted from the first. */
export const sliceOrigins = (spans: Origins, start: number, end: number): OriginSpan[] =>
  tidyOrigins(spans.map((span) => ({ ...span, start: Math.max(span.start, start) - start, end: Math.min(span.end, end) - start })))

/** The same spans `by` code units further on, for text put behind other text. */
export const shiftOrigins = (spans: Origins, by: number): OriginSpan[] =>
  spans.map((span) => ({ ...span, start: span.start + by, end: span.end + by }))

/** A text after edits of places that do not overlap, in one pass. */
export function editText(text: string, edits: readonly TextEdit[]): string {
  let at = 0
  const parts: string[] = []
  for (const { from, to, inserted } of edits.toSorted((a, b) => a.from - b.from)) {
    parts.push(text.slice(at, from), inserted)
    at = to
  }
  return parts.join('') + text.slice(at)
}

/** Carries spans through one edit of a text of `length` code units; what is inserted gets `source`. */
export function editOrigins(spans: Origins, length: number, { from, to, inserted }: TextEdit, source: OriginSource | null): OriginSpan[] {
  const end = from + inserted.length
  return tidyOrigins([
    ...sliceOrigins(spans, 0, from),
    ...(source && inserted ? [{ start: from, end, ...source }] : []),
    ...shiftOrigins(sliceOrigins(spans, to, length), end),
  ])
}

/** The one replacement that turns a text into another: all between what they share at the start and at the end. */
export function editBetween(before: string, after: string): TextEdit {
  const most = Math.min(before.length, after.length)
  let from = 0
  while (from < most && before.charCodeAt(from) === after.charCodeAt(from)) from++
  let tail = 0
  while (tail < most - from && before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)) tail++
  return { from, to: before.length - tail, inserted: after.slice(from, after.length - tail) }
}

export type OriginShares = Record<OriginSpan['source'] | 'given', number>

/** Which part of a text, from 0 to 1, was typed, pasted, drafted by a model, or given with the prompt. An empty text has no parts. */
export function originShares(length: number, spans: Origins): OriginShares {
  const shares: OriginShares = { human: 0, paste: 0, model: 0, given: 0 }
  if (length === 0) return shares
  for (const { source, start, end } of sliceOrigins(spans, 0, length)) shares[source] += (end - start) / length
  shares.given = Math.max(0, 1 - shares.human - shares.paste - shares.model)
  return shares
}
