import { diff3MergeRegions } from 'node-diff3'
import type { OriginSpan } from './conversation.ts'
import { type Origins, shiftOrigins, sliceOrigins, tidyOrigins } from './origin.ts'
import { linesOf, wordsOf } from './text-tokens.ts'

export type MarkedText = { text: string; origins?: Origins | undefined }

type Side = 'base' | 'mine' | 'theirs'
/** A stretch of one of the three texts. */
type Piece = { side: Side; start: number; end: number }
type Window = Record<Side, { start: number; end: number }>

type Region =
  | { stable: true; buffer: 'o' | 'a' | 'b'; bufferStart: number; bufferLength: number }
  | { stable: false; aStart: number; aLength: number; oStart: number; oLength: number; bStart: number; bLength: number }

const SIDE = { o: 'base', a: 'mine', b: 'theirs' } as const

/** More words than this in one collision are not worth comparing word by word. */
const MAX_WORDS = 20_000

/** Farther than this an insertion is not moved to find where it stood. */
const MAX_SLIDE = 200

/** Words with the blanks after them: blanks alone repeat so often that they match anything. */
const phrasesOf = (text: string): string[] => {
  const phrases: string[] = []
  for (const word of wordsOf(text)) {
    const last = phrases.at(-1)
    if (last !== undefined && /^[^\S\r\n]+$/.test(word) && !/[\r\n]$/.test(last)) phrases[phrases.length - 1] = last + word
    else phrases.push(word)
  }
  return phrases
}

const placesOf = (tokens: readonly string[], start: number): number[] => {
  const places = [start]
  for (const token of tokens) places.push((places.at(-1) ?? start) + token.length)
  return places
}

/**
 * The side that holds all the other wrote and more, where both only inserted at one place: two saves of one stretch of
 * typing, as when a tab closes between keeping the text here and sending it. Null where a person has to decide.
 */
function furtherSide(base: string, mine: string, theirs: string): 'mine' | 'theirs' | null {
  const shortest = Math.min(base.length, mine.length, theirs.length)
  let prefix = 0
  while (prefix < shortest && base[prefix] === mine[prefix] && base[prefix] === theirs[prefix]) prefix++
  // An insertion beside its own first letter can stand at several places; each is tried.
  for (let at = prefix; at >= Math.max(0, prefix - MAX_SLIDE); at--) {
    const rest = base.slice(at)
    if (mine.length < base.length || theirs.length < base.length || !mine.endsWith(rest) || !theirs.endsWith(rest)) continue
    const inserted = (text: string) => text.slice(at, text.length - rest.length)
    if (inserted(mine).startsWith(inserted(theirs))) return 'mine'
    if (inserted(theirs).startsWith(inserted(mine))) return 'theirs'
  }
  return null
}

/** Pieces that make the merge of one window, or null where both sides changed the same place. */
function mergeWindow(
  texts: Record<Side, string>,
  window: Window,
  tokenize: (text: string) => string[],
  finer: ((window: Window) => Piece[] | null) | null,
): Piece[] | null {
  const cut = (side: Side) => tokenize(texts[side].slice(window[side].start, window[side].end))
  const tokens = { base: cut('base'), mine: cut('mine'), theirs: cut('theirs') }
  if (finer === null && Math.max(tokens.base.length, tokens.mine.length, tokens.theirs.length) > MAX_WORDS) return null
  const places = {
    base: placesOf(tokens.base, window.base.start),
    mine: placesOf(tokens.mine, window.mine.start),
    theirs: placesOf(tokens.theirs, window.theirs.start),
  }
  const span = (side: Side, start: number, length: number) => ({
    start: places[side][start] ?? window[side].end,
    end: places[side][start + length] ?? window[side].end,
  })
  const pieces: Piece[] = []
  for (const region of diff3MergeRegions(tokens.mine, tokens.base, tokens.theirs) as Region[]) {
    if (region.stable) {
      const side = SIDE[region.buffer]
      pieces.push({ side, ...span(side, region.bufferStart, region.bufferLength) })
      continue
    }
    const part: Window = {
      base: span('base', region.oStart, region.oLength),
      mine: span('mine', region.aStart, region.aLength),
      theirs: span('theirs', region.bStart, region.bLength),
    }
    const textOf = (side: Side) => texts[side].slice(part[side].start, part[side].end)
    const further = furtherSide(textOf('base'), textOf('mine'), textOf('theirs'))
    const inner = further ? [{ side: further, ...part[further] }] : (finer?.(part) ?? null)
    if (!inner) return null
    pieces.push(...inner)
  }
  return pieces
}

/**
 * Three-way merge of a text, by line and, where lines collide, by word; origins go along. Null when both sides changed the
 * same place in different ways: then a person decides.
 */
export function mergeText(base: MarkedText, mine: MarkedText, theirs: MarkedText): { text: string; origins: OriginSpan[] } | null {
  const sides = { base, mine, theirs }
  const done = ({ text, origins }: MarkedText) => ({ text, origins: [...(origins ?? [])] })
  if (mine.text === theirs.text || theirs.text === base.text) return done(mine)
  if (mine.text === base.text) return done(theirs)
  const texts = { base: base.text, mine: mine.text, theirs: theirs.text }
  const further = furtherSide(base.text, mine.text, theirs.text)
  if (further) return done(sides[further])
  const whole: Window = {
    base: { start: 0, end: base.text.length },
    mine: { start: 0, end: mine.text.length },
    theirs: { start: 0, end: theirs.text.length },
  }
  const pieces = mergeWindow(texts, whole, linesOf, (window) => mergeWindow(texts, window, phrasesOf, null))
  if (!pieces) return null
  let text = ''
  const origins: OriginSpan[] = []
  for (const { side, start, end } of pieces) {
    origins.push(...shiftOrigins(sliceOrigins(sides[side].origins ?? [], start, end), text.length))
    text += texts[side].slice(start, end)
  }
  return { text, origins: tidyOrigins(origins) }
}
