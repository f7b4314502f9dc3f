// Where a remark points: ranges of UTF-16 code units of a message's content, found again after the text has changed.

export type TextRange = { start: number; end: number }
export type Anchor = TextRange & { quote: string }

/** Start of every occurrence of `quote`, overlapping ones too. */
function occurrences(text: string, quote: string): number[] {
  const found: number[] = []
  for (let at = text.indexOf(quote); at !== -1 && quote; at = text.indexOf(quote, at + 1)) found.push(at)
  return found
}

const nearest = (places: readonly number[], near: number): number | undefined =>
  places.reduce<number | undefined>((best, place) => (best === undefined || Math.abs(place - near) < Math.abs(best - near) ? place : best), undefined)

const IS_WORD = /[\p{L}\p{N}]/u

/** A text without white space and markup, with the place in the source of each character that is left. */
function bare(text: string): { text: string; places: number[] } {
  const places: number[] = []
  let kept = ''
  for (let at = 0; at < text.length; ) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0)
    if (IS_WORD.test(character)) {
      kept += character
      for (let unit = 0; unit < character.length; unit++) places.push(at + unit)
    }
    at += character.length
  }
  return { text: kept, places }
}

/**
 * The range of `quote` in `text`, the occurrence nearest to `near` where there are several. A quote taken from rendered
 * markdown is found too: white space and markup do not count then. Null when it is not there.
 */
export function locateQuote(text: string, quote: string, near: number): TextRange | null {
  const exact = nearest(occurrences(text, quote), near)
  if (exact !== undefined) return { start: exact, end: exact + quote.length }
  const [source, wanted] = [bare(text), bare(quote)]
  if (!wanted.text) return null
  const places = occurrences(source.text, wanted.text).map((place) => ({ place, at: source.places[place] ?? 0 }))
  const best = places.reduce<(typeof places)[number] | undefined>((a, b) => (!a || Math.abs(b.at - near) < Math.abs(a.at - near) ? b : a), undefined)
  if (!best) return null
  return { start: best.at, end: (source.places[best.place + wanted.text.length - 1] ?? 0) + 1 }
}

/** Where an offset of `before` lies in `after`, by what both have in common at their start and end. */
function mapOffset(before: string, after: string, offset: number): number {
  const most = Math.min(before.length, after.length)
  let prefix = 0
  while (prefix < most && before[prefix] === after[prefix]) prefix++
  if (offset <= prefix) return offset
  let suffix = 0
  while (suffix < most - prefix && before[before.length - 1 - suffix] === after[after.length - 1 - suffix]) suffix++
  if (offset >= before.length - suffix) return offset + after.length - before.length
  return prefix
}

/** Finds an anchor made in `before` again in `after`. Null says that its words are gone: an orphan, to be shown as such. */
export function reanchor(anchor: Anchor, before: string, after: string): TextRange | null {
  if (before === after) return { start: anchor.start, end: anchor.end }
  const quote = anchor.quote || before.slice(anchor.start, anchor.end)
  if (!quote) return null
  const exact = nearest(occurrences(after, quote), mapOffset(before, after, anchor.start))
  return exact === undefined ? null : { start: exact, end: exact + quote.length }
}
