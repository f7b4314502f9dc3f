// An answer that says the question again before it answers.
import type { Message } from '../conversation.ts'
import { remember } from './remember.ts'

const words = (text: string): { word: string; from: number; to: number }[] =>
  [...text.matchAll(/\p{Script=Han}|[\p{L}\p{N}]+/gu)].map((match) => ({
    word: match[0].toLowerCase(),
    from: match.index,
    to: match.index + match[0].length,
  }))

/** Fewer words in a row are how people talk, not an echo. */
const FEWEST = 8
/** Longer questions bring a text along; taking it up is the task, not an echo. */
const MOST = 300
const MOST_CHARACTERS = 4000
/** What counts as the start of the answer, in words beyond the question's own. */
const OPENING = 12

/** The place in the answer's opening where most of a question (at least eight words, four in five of it) stands again, or null. */
export function echoOf(question: string, answer: string): { from: number; to: number } | null {
  if (question.length > MOST_CHARACTERS) return null
  const asked = words(question)
  if (asked.length < FEWEST || asked.length > MOST) return null
  const said = words(answer.slice(0, question.length * 2 + 200)).slice(0, asked.length + OPENING)
  const needed = Math.max(FEWEST, Math.ceil(asked.length * 0.8))
  // The longest run of words both have, by the classic table of one row.
  let best = { length: 0, end: 0 }
  let row = new Uint16Array(asked.length + 1)
  for (const [at, { word }] of said.entries()) {
    const next = new Uint16Array(asked.length + 1)
    for (let index = 0; index < asked.length; index++) {
      if (asked[index]?.word !== word) continue
      const length = (row[index] ?? 0) + 1
      next[index + 1] = length
      if (length > best.length) best = { length, end: at }
    }
    row = next
  }
  const [first, last] = [said[best.end - best.length + 1], said[best.end]]
  return best.length >= needed && first && last ? { from: first.from, to: last.to } : null
}

/** The same of two turns, kept while both stay the same objects. */
const answersOf = remember((_question: Message) => new WeakMap<Message, ReturnType<typeof echoOf>>())
export function echoIn(question: Message, answer: Message): ReturnType<typeof echoOf> {
  const known = answersOf(question)
  const found = known.has(answer) ? (known.get(answer) ?? null) : echoOf(question.content, answer.content)
  known.set(answer, found)
  return found
}
