// Finding and replacing in the texts of a conversation: content, thinking, the arguments of calls.
import type { DraftContent, Message } from './conversation.ts'
import { editContent, editReasoning, HUMAN, updateToolCall } from './draft.ts'
import { editText, type TextEdit } from './origin.ts'

export type FindQuery = { text: string; matchCase: boolean }

/** Code units [from, to) of one text of a message; `call` is the place of the tool call. */
export type Match = { message: string; field: 'content' | 'reasoning' | 'arguments'; call?: number; from: number; to: number }

/** More to look at help nobody, and each is drawn. */
export const MOST_MATCHES = 2000

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

type Part = Pick<Match, 'field' | 'call'> & { text: string }

const partsOf = ({ reasoning, content, toolCalls = [] }: Message): Part[] => [
  ...(reasoning === undefined ? [] : [{ field: 'reasoning' as const, text: reasoning }]),
  { field: 'content', text: content },
  ...toolCalls.map((each, call) => ({ field: 'arguments' as const, call, text: each.arguments })),
]

/** Where the text stands, in the order one reads; without `matchCase` letters of either case are the same. */
export function findMatches(messages: readonly Message[], { text, matchCase }: FindQuery, most = MOST_MATCHES): Match[] {
  const matches: Match[] = []
  if (text === '') return matches
  const pattern = new RegExp(escaped(text), matchCase ? 'gu' : 'giu')
  for (const message of messages) {
    for (const { text: within, ...place } of partsOf(message)) {
      for (const { index, 0: found } of within.matchAll(pattern)) {
        matches.push({ message: message.id, ...place, from: index, to: index + found.length })
        if (matches.length === most) return matches
      }
    }
  }
  return matches
}

/** Puts a text in the place of each match. The matches must be of this content. */
export function replaceMatches(content: DraftContent, matches: readonly Match[], replacement: string): DraftContent {
  const texts = Map.groupBy(matches, ({ message, field, call }) => `${message} ${field} ${call ?? ''}`)
  let replaced = content
  for (const [{ message, field, call }, edits] of [...texts.values()].map((group) => [group[0] as Match, asEdits(group, replacement)] as const)) {
    if (field === 'content') replaced = editContent(replaced, message, edits, HUMAN)
    else if (field === 'reasoning') replaced = editReasoning(replaced, message, edits)
    else {
      const before = content.messages.find(({ id }) => id === message)?.toolCalls?.[call ?? 0]?.arguments
      if (before !== undefined) replaced = updateToolCall(replaced, message, call ?? 0, { arguments: editText(before, edits) })
    }
  }
  return replaced
}

/** Which match comes next once the one at `at` gave way to a text: what that text itself holds is passed by. */
export function afterReplacing(found: readonly Match[], at: number, replaced: Match, replacement: string): number {
  const { message, field, call, from } = replaced
  const isInside = (match: Match) =>
    match.message === message && match.field === field && match.call === call && match.from >= from && match.from < from + replacement.length
  return at + found.filter(isInside).length
}

const asEdits = (matches: readonly Match[], inserted: string): TextEdit[] => matches.map(({ from, to }) => ({ from, to, inserted }))
