import type { ImportFormat } from './formats.ts'
import { spanOf } from './json-text.ts'

type Place = { line: number; column: number }
type Step = string | number

/** Names under which files hold what a fault calls by another one. */
const OTHER_NAMES: ReadonlyMap<Step, readonly string[]> = new Map([
  ['conversations', ['conversation']],
  ['from', ['role']],
  ['value', ['content']],
  ['prompt', ['question']],
  ['completion', ['chosen']],
  ['reasoning_content', ['reasoning', 'thinking']],
  ['language', ['lang']],
  ['licence', ['license']],
  ['externalId', ['id', 'external_id']],
])

/** Where a text stands whose beginning stands at `start`. */
export function placeIn(text: string, start: Place, offset: number): Place {
  const before = text.slice(0, offset)
  const lastBreak = before.lastIndexOf('\n')
  if (lastBreak === -1) return { line: start.line, column: start.column + offset }
  return { line: start.line + before.split('\n').length - 1, column: offset - lastBreak }
}

/** Walks the row by the path of a fault, under the names the file uses; tool calls and tools may be wrapped in `function`. */
function offsetOf(text: string, steps: readonly Step[]): number | undefined {
  let offset = 0
  let rest = text
  for (const step of steps) {
    const names = [step, ...(OTHER_NAMES.get(step) ?? [])]
    const paths = [...names.map((name) => [name]), ...names.map((name) => ['function', name])]
    const span = paths.map((path) => spanOf(rest, path)).find((each) => each !== undefined)
    if (!span) return undefined
    offset += span[0]
    rest = rest.slice(...span)
  }
  return offset
}

/**
 * Line and column of the value a fault is about; the row itself for a fault of the whole row. The column is null where the
 * file holds no such value: a field that is missing, or turns that were put together from several fields.
 */
export function placeOfField(row: Place & { text: string }, field: string, format: ImportFormat): { line: number; column: number | null } {
  const start = { line: row.line, column: row.column }
  if (field === '') return start
  const unknown = { line: row.line, column: null }
  // Only there are the turns of a conversation the file's own; elsewhere their numbers mean nothing in it.
  if (/^messages(\.|$)/.test(field) && format !== 'messages') return unknown
  const steps = field.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))
  const offset = offsetOf(row.text, steps)
  return offset === undefined ? unknown : placeIn(row.text, start, offset)
}
