import { z } from 'zod'
import type { Example } from './example.ts'
import { IGNORED } from './mask.ts'

/**
 * An example as the model sees it, for people to look at. `ids`, `starts`, `ends` and `trained` have one entry a token;
 * starts and ends are UTF-16 positions in `text`, and tokens that share a character share them.
 */
export const ModelView = z.object({
  text: z.string(),
  ids: z.array(z.int()),
  starts: z.array(z.int()),
  ends: z.array(z.int()),
  trained: z.array(z.boolean()),
  /** Places of control tokens in `ids`: written by the template, never by a message. */
  controls: z.array(z.int()),
  /** Which message wrote which characters; -1 is the template outside every turn. */
  turns: z.array(z.object({ start: z.int(), end: z.int(), turn: z.int() })),
  perMessageTokens: z.array(z.int()),
  trainedTokens: z.int(),
})
export type ModelView = z.infer<typeof ModelView>

/** Adjacent stretches of one turn, joined. */
function joinTurns(segments: Example['segments']): ModelView['turns'] {
  const turns: ModelView['turns'] = []
  for (const { start, end, turn } of segments) {
    const last = turns.at(-1)
    if (last?.turn === turn && last.end === start) last.end = end
    else turns.push({ start, end, turn })
  }
  return turns
}

/** What there is to see of an example. */
export const viewOf = (example: Example): ModelView => ({
  text: example.text,
  ids: [...example.ids],
  starts: [...example.starts],
  ends: [...example.ends],
  trained: Array.from(example.labels, (label) => label !== IGNORED),
  controls: example.controls.map((control) => control.index),
  turns: joinTurns(example.segments),
  perMessageTokens: example.perMessageTokens,
  trainedTokens: example.trainedTokens,
})

/** Token ids and labels of an exported row, with their text looked up one by one where no rendering matches them. */
export function viewOfTokens(ids: readonly number[], labels: readonly number[], pieces: readonly string[], controls: ReadonlySet<number>): ModelView {
  const starts: number[] = []
  const ends: number[] = []
  let at = 0
  for (const piece of pieces) {
    starts.push(at)
    at += piece.length
    ends.push(at)
  }
  const trained = labels.map((label) => label !== IGNORED)
  return {
    text: pieces.join(''),
    ids: [...ids],
    starts,
    ends,
    trained,
    controls: ids.flatMap((id, index) => (controls.has(id) ? [index] : [])),
    turns: [],
    perMessageTokens: [],
    trainedTokens: trained.filter(Boolean).length,
  }
}

/** The part of a view that a truncated row kept: its first or last tokens. Null when the ids are neither. */
export function cutView(view: ModelView, ids: readonly number[], labels: readonly number[]): ModelView | null {
  const total = view.ids.length
  const offset = [0, total - ids.length].find((start) => start >= 0 && ids.every((id, index) => view.ids[start + index] === id))
  if (offset === undefined) return null
  const end = offset + ids.length
  const trained = labels.map((label) => label !== IGNORED)
  return {
    ...view,
    ids: [...ids],
    starts: view.starts.slice(offset, end),
    ends: view.ends.slice(offset, end),
    trained,
    controls: view.controls.filter((index) => index >= offset && index < end).map((index) => index - offset),
    trainedTokens: trained.filter(Boolean).length,
  }
}
