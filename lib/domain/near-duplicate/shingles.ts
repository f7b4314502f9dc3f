// What two answers are compared by: every five words in a row, or characters where a script sets no spaces between words.
import type { Message } from '../conversation.ts'

const SHINGLE_LENGTH = 5
/** Fewer different ones say too little: short answers ("I do not know.") are rightly the same. */
const FEWEST = 16
/** Of a longer text the first; a book compares as fast as a page. */
const MOST = 20_000

/** Words in a row, told apart from others by `key`, and where they stand: UTF-16 code units of one message. */
export type Shingle = { key: string; message: string; from: number; to: number }

const TOKEN =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]|[[\p{L}\p{N}\p{M}]--[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]]+/gv

type Token = { word: string; from: number; to: number }

function tokensOf(text: string, most: number): Token[] {
  const tokens: Token[] = []
  for (const { 0: word, index } of text.matchAll(TOKEN)) {
    tokens.push({ word: word.normalize('NFKC').toLowerCase(), from: index, to: index + word.length })
    if (tokens.length === most) break
  }
  return tokens
}

function shinglesIn({ id, content }: Message, most: number): Shingle[] {
  const tokens = tokensOf(content, most + SHINGLE_LENGTH - 1)
  if (tokens.length === 0) return []
  const length = Math.min(SHINGLE_LENGTH, tokens.length)
  return Array.from({ length: Math.min(most, tokens.length - length + 1) }, (_, start) => {
    const window = tokens.slice(start, start + length)
    return { key: window.map(({ word }) => word).join(' '), message: id, from: window[0]?.from ?? 0, to: window.at(-1)?.to ?? 0 }
  })
}

/** The shingles of what a model would learn to say, in order; none when the answers are too short to compare. */
export function shinglesOf(messages: readonly Message[]): Shingle[] {
  const shingles: Shingle[] = []
  for (const message of messages) {
    if (message.role === 'assistant' && message.train !== false) shingles.push(...shinglesIn(message, MOST - shingles.length))
    if (shingles.length === MOST) break
  }
  return new Set(shingles.map(({ key }) => key)).size < FEWEST ? [] : shingles
}
