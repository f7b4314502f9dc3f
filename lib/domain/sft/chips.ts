import type { ModelView } from './view.ts'

/** A run of tokens that share a character, or one token: what can be shown as one piece. */
export type Chip = { from: number; to: number; text: string; trained: boolean; control: boolean }

/** The tokens of a view as pieces of its text, in one pass. */
export function chipsOf(view: ModelView): Chip[] {
  const controls = new Set(view.controls)
  const chips: Chip[] = []
  for (let at = 0; at < view.ids.length; ) {
    let to = at + 1
    let end = view.ends[at] ?? 0
    // Bytes of one character come as several tokens with one span.
    while (to < view.ids.length && (view.starts[to] ?? 0) < end) end = Math.max(end, view.ends[to++] ?? end)
    chips.push({ from: at, to, text: view.text.slice(view.starts[at], end), trained: view.trained[at] ?? false, control: controls.has(at) })
    at = to
  }
  return chips
}

/** As many chips as a browser lays out without a pause. */
export const BLOCK = 3000

export type Block = { first: number; chips: Chip[] }

/** The first `count` chips in blocks, so that what changes in one leaves the others alone. */
export const blocksOf = (chips: readonly Chip[], count: number): Block[] =>
  Array.from({ length: Math.ceil(Math.min(count, chips.length) / BLOCK) }, (_, index) => ({
    first: index * BLOCK,
    chips: chips.slice(index * BLOCK, (index + 1) * BLOCK),
  }))

/** How many are shown once chip `at` must be seen: whole blocks, never fewer than before. */
export const shownWith = (at: number, count: number): number => Math.max(count, (Math.floor(at / BLOCK) + 1) * BLOCK)
