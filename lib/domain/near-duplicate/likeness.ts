import type { Shingle } from './shingles.ts'

/** From this Jaccard similarity on two answers are nearly the same. */
export const NEARLY_SAME = 0.7

/** How much of two answers is the same: Jaccard similarity of their shingles, and the longest passage of the first that is in the second, too. */
export type Likeness = { share: number; passage: Pick<Shingle, 'message' | 'from' | 'to'> }

function longestPassage(shingles: readonly Shingle[], others: ReadonlySet<string>): Likeness['passage'] {
  const none = { message: '', from: 0, to: 0 }
  let [best, run] = [none, none]
  for (const { key, message, from, to } of shingles) {
    if (!others.has(key)) run = none
    else run = { message, from: run.message === message ? run.from : from, to }
    if (run.to - run.from > best.to - best.from) best = run
  }
  return best
}

/** @returns null when they are not nearly the same. */
export function likenessOf(shingles: readonly Shingle[], others: readonly Shingle[]): Likeness | null {
  const [mine, theirs] = [new Set(shingles.map(({ key }) => key)), new Set(others.map(({ key }) => key))]
  const shared = [...mine].filter((key) => theirs.has(key)).length
  const all = mine.size + theirs.size - shared
  if (shared === 0 || shared / all < NEARLY_SAME) return null
  return { share: shared / all, passage: longestPassage(shingles, theirs) }
}
