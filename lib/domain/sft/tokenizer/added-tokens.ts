import { WHITE_SPACE } from './pre-tokenize.ts'
import type { JsonAddedToken } from './tokenizer-json.ts'

/** A piece [start, end) of a text: an added token, or plain text when `id` is null. */
export type Piece = { start: number; end: number; id: number | null }

const WORD = /[\p{L}\p{M}\p{N}\p{Pc}]/u
const SPACE_BEFORE = new RegExp(`[${WHITE_SPACE}]`)

const spaceAfter = (text: string, at: number): number => {
  let end = at
  while (end < text.length && SPACE_BEFORE.test(text[end] as string)) end++
  return end
}
const spaceBefore = (text: string, at: number, limit: number): number => {
  let start = at
  while (start > limit && SPACE_BEFORE.test(text[start - 1] as string)) start--
  return start
}

/**
 * Finds added tokens as the reference does (`added_vocabulary.rs`): leftmost, then longest; those matched before
 * normalisation first. `idOf` gives the id to report for a token.
 */
export function createFinder(tokens: readonly JsonAddedToken[], idOf: (token: JsonAddedToken) => number): (text: string) => Piece[] {
  const passes = [false, true].map((normalized) => {
    const list = tokens.filter((token) => token.normalized === normalized).sort((a, b) => b.content.length - a.content.length)
    const pattern = list.map((token) => token.content.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|')
    return { pattern: list.length > 0 ? new RegExp(pattern, 'gu') : null, byContent: new Map(list.map((token) => [token.content, token])) }
  })
  return (text) => {
    let pieces: Piece[] = [{ start: 0, end: text.length, id: null }]
    for (const { pattern, byContent } of passes) {
      if (pattern) pieces = pieces.flatMap((piece) => (piece.id === null ? splitPiece(text, piece, pattern, byContent, idOf) : [piece]))
    }
    return pieces.filter((piece) => piece.start < piece.end)
  }
}

function splitPiece(
  text: string,
  piece: Piece,
  pattern: RegExp,
  byContent: Map<string, JsonAddedToken>,
  idOf: (token: JsonAddedToken) => number,
): Piece[] {
  const own = text.slice(piece.start, piece.end)
  const pieces: Piece[] = []
  let at = 0
  for (const match of own.matchAll(pattern)) {
    const token = byContent.get(match[0])
    let [start, end] = [match.index, match.index + match[0].length]
    if (!token || start < at) continue
    if (token.single_word && (WORD.test(own[start - 1] ?? '') || WORD.test(own[end] ?? ''))) continue
    if (token.lstrip) start = spaceBefore(own, start, at)
    if (token.rstrip) end = spaceAfter(own, end)
    pieces.push(
      { start: piece.start + at, end: piece.start + start, id: null },
      { start: piece.start + start, end: piece.start + end, id: idOf(token) },
    )
    at = end
  }
  pieces.push({ start: piece.start + at, end: piece.end, id: null })
  return pieces
}
