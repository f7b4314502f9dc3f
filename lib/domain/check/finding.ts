// What a check says and where. Without zod: the editor knows it too.
import type { Role } from '../conversation.ts'

/** `error` blocks a submission, `warning` needs a reason, `note` only informs. */
export const CHECK_LEVELS = ['error', 'warning', 'note'] as const
export type CheckLevel = (typeof CHECK_LEVELS)[number]

/** The part of a message a finding is about; `call` is the place of a tool call in the turn. */
export type Field = 'content' | 'reasoning' | 'arguments' | 'result'

/** A half-open range of UTF-16 code units in a text, and what the finding's words name. */
export type Hit = { from: number; to: number; values?: Record<string, string | number> }

/** Where in a conversation: the message by its stable id. */
export type Place = { message: string; field: Field; call?: number; from: number; to: number }

export type Finding = {
  /** Of the table, or `pattern/<id>` for a project's own expression. */
  check: string
  level: CheckLevel
  /** Slug of the rule it serves. */
  rule?: string
  at: Place
  /** The words found, at most 80 characters: a reason given for them does not hold for others. */
  quote: string
  values: Record<string, string | number>
  /** The project's own words, for a check that has none in the table of messages. */
  message?: string
}

/** One text of a message. */
export type Part = { role: Role; field: Field; call?: number; text: string }

const QUOTE_LENGTH = 80

/** How a project's own expression is named in findings; the rest is its id. */
export const PATTERN_PREFIX = 'pattern/'

export const quoteOf = (text: string, { from, to }: Hit): string => text.slice(from, Math.min(to, from + QUOTE_LENGTH)).toWellFormed()

/** Of one check in one text; more of the same would help nobody. */
export const MOST_HITS = 50

/** Matches looked at in one text before the rest is left: a text made of nothing else is no conversation. */
const MOST_LOOKED_AT = 5000

/** The first matches of a global expression, as hits. */
export function hitsOf(text: string, pattern: RegExp, values?: (match: RegExpExecArray) => Hit['values'] | null): Hit[] {
  const hits: Hit[] = []
  let seen = 0
  for (const match of text.matchAll(pattern)) {
    if (seen++ === MOST_LOOKED_AT) break
    const named = values ? values(match) : undefined
    if (named === null || match[0] === '') continue
    if (hits.length === MOST_HITS) break
    hits.push({ from: match.index, to: match.index + match[0].length, ...(named && { values: named }) })
  }
  return hits
}
