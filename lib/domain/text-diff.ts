import { type ChangeObject, diffArrays } from 'diff'
import { asPassages } from './passages.ts'
import { linesOf, wordsOf } from './text-tokens.ts'

/** A stretch of two texts. `block`: a passage written anew, to be shown whole on a line of its own. */
export type DiffPart = { kind: 'same' | 'added' | 'removed'; text: string; block?: true }

/** Beyond this many edits a diff by word costs more than it tells; lines take over, then the whole text. */
const MAX_EDITS = 3000

const asParts = (changes: ChangeObject<string[]>[]): DiffPart[] =>
  changes.map(({ added, removed, value }) => ({ kind: added ? 'added' : removed ? 'removed' : 'same', text: value.join('') }))

/** Two texts as parts that are the same, added or removed. All but the removed join to `after`, all but the added to `before`. */
export function diffWords(before: string, after: string): DiffPart[] {
  if (before === after) return before ? [{ kind: 'same', text: before }] : []
  for (const tokens of [wordsOf, linesOf]) {
    const changes = diffArrays(tokens(before), tokens(after), { maxEditLength: MAX_EDITS })
    if (changes) return asParts(changes)
  }
  return [
    { kind: 'removed', text: before },
    { kind: 'added', text: after },
  ]
}

/** Lines of what is the same shown on either side of a change, the rest of its own line included. */
const CONTEXT_LINES = 3

/** The changed passages of a diff, each with a little of what stands around it; what lies between them is left out. */
export function changedPassages(parts: readonly DiffPart[]): DiffPart[][] {
  if (parts.every(({ kind }) => kind === 'same')) return []
  const passages: DiffPart[][] = []
  let open: DiffPart[] = []
  parts.forEach((part, index) => {
    const lines = part.kind === 'same' ? linesOf(part.text) : []
    const [after, before] = [index > 0 ? CONTEXT_LINES : 0, index < parts.length - 1 ? CONTEXT_LINES : 0]
    if (lines.length <= after + before) {
      open.push(part)
      return
    }
    if (after > 0) passages.push([...open, { kind: 'same', text: lines.slice(0, after).join('') }])
    open = before > 0 ? [{ kind: 'same', text: lines.slice(-before).join('') }] : []
  })
  return open.length > 0 ? [...passages, open] : passages
}

/** As `diffWords`, to be read by people: passages with little in common stand below each other as a whole. */
export const diffText = (before: string, after: string): DiffPart[] => asPassages(diffWords(before, after))
