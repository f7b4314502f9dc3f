// Where a remark points: ranges of UTF-16 code units of a message's content, found again after the text has changed.

export type TextRange = { start: number; end: number }

/** Start of every occurrence of `quote`, overlapping ones too. */
function occurrences(text: string, quote: string): number[] {
  const found: number[] = []
  for (let at = text.indexOf(quote); at !== -1 && quote; at = text.indexOf(quote, at + 1)) found.push(at)
  return found
}

const nearest = (places: readonly number[], near: number): number | undefined =>
  places.reduce<number | undefined>((best, place) => (best === undefined || Math.abs(place - near) < Math.abs(best - near) ? place : best), undefined)

const IS_WORD = /[\p{L}\p{N}]/u

/** Markup with words or figures in it, which rendering drops: numbers of a list, the line that opens code, where a link leads. */
const MARKUP = /^[ \t>]*\d{1,9}[.)](?=[ \t])|^[ \t>]*(?:```|~~~)[^\r\n]*|(?<=\])\([^()\s]*(?:[ \t]+"[^"\r\n]*")?\)/gm

/** A text without white space and markup, with the place in the source of each character that is left. */
function bare(text: string): { text: string; places: number[] } {
  const places: number[] = []
  const dropped = new Map([...text.matchAll(MARKUP)].map((match) => [match.index, match.index + match[0].length]))
  let kept = ''
  for (let at = 0; at < text.length; ) {
    const end = dropped.get(at)
    if (end !== undefined) {
      at = end
      continue
    }
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
