import { diffArrays } from 'diff'
import type { Message } from './conversation.ts'
import { type DiffPart, diffText } from './text-diff.ts'

/** What became of one message between two revisions, by its id. A text field is null where it is the same in both. */
export type MessageDiff = {
  id: string
  kind: 'same' | 'changed' | 'added' | 'removed'
  before: Message | null
  after: Message | null
  content: DiffPart[] | null
  reasoning: DiffPart[] | null
  toolCalls: DiffPart[] | null
  /** Stands between other messages than before. */
  moved: boolean
}

/** Tool calls as the text a person compares: one call a block, arguments as they are. */
export const toolCallText = (message: Message | null): string =>
  (message?.toolCalls ?? []).map((call) => `${call.name} ${call.id}\n${call.arguments}`).join('\n\n')

/** The longest run of ids that keeps its order: what is common but outside it was moved. */
function movedIds(before: readonly string[], after: readonly string[]): Set<string> {
  const [old, now] = [new Set(before), new Set(after)]
  const changes = diffArrays(
    before.filter((id) => now.has(id)),
    after.filter((id) => old.has(id)),
  )
  return new Set(changes.flatMap(({ added, value }) => (added ? value : [])))
}

const partsOf = (before: string, after: string): DiffPart[] | null => (before === after ? null : diffText(before, after))

function diffMessage(id: string, before: Message | null, after: Message | null, moved: boolean): MessageDiff {
  const content = partsOf(before?.content ?? '', after?.content ?? '')
  const reasoning = partsOf(before?.reasoning ?? '', after?.reasoning ?? '')
  const toolCalls = partsOf(toolCallText(before), toolCallText(after))
  const isSame =
    !content && !reasoning && !toolCalls && before?.role === after?.role && before?.train === after?.train && before?.toolCallId === after?.toolCallId
  return { id, kind: !before ? 'added' : !after ? 'removed' : isSame ? 'same' : 'changed', before, after, content, reasoning, toolCalls, moved }
}

/** The messages of two revisions side by side, in the order of the newer one; a removed message stands where it stood. */
export function diffMessages(before: readonly Message[], after: readonly Message[]): MessageDiff[] {
  const old = new Map(before.map((message) => [message.id, message]))
  const now = new Set(after.map((message) => message.id))
  const moved = movedIds(
    before.map(({ id }) => id),
    after.map(({ id }) => id),
  )
  const rows = after.map((message) => diffMessage(message.id, old.get(message.id) ?? null, message, moved.has(message.id)))
  for (const [index, message] of before.entries()) {
    if (now.has(message.id)) continue
    const above = before.slice(0, index).findLast((earlier) => rows.some((row) => row.id === earlier.id))
    const at = above ? rows.findIndex((row) => row.id === above.id) + 1 : 0
    rows.splice(at, 0, diffMessage(message.id, message, null, false))
  }
  return rows
}
