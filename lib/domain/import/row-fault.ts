import type { z } from 'zod'

/**
 * Everything that can be wrong with a row, and the reasons told apart. Each has a message and a cure in every language,
 * under `importFaults` of messages/; the blanks of these texts are filled from the facts of the fault.
 */
export const FAULTS = {
  'malformed-json': [
    'unclosed-text',
    'unescaped-control',
    'bad-unicode-escape',
    'unknown-escape',
    'single-quotes',
    'value-expected',
    'ends-early',
    'trailing-comma',
    'name-expected',
    'colon-expected',
    'comma-expected',
    'after-value',
    'missing-comma',
    'stray-comma',
    'no-json',
  ],
  'invalid-utf8': [],
  'row-too-large': [],
  'too-deep': [],
  structure: ['after-end', 'closes-unopened', 'closes-other'],
  'file-truncated': ['inside-row', 'list-open'],
  'missing-field': [],
  'wrong-type': [],
  'unknown-role': [],
  'unsupported-part': [],
  placeholder: [],
  'unsound-text': ['nul', 'half-character', 'private-use', 'too-long', 'too-many', 'empty', 'wrong-kind'],
  'no-messages': [],
  'no-question': [],
  'system-not-first': [],
  'assistant-first': [],
  'empty-turn': [],
  'result-without-call': [],
  'call-without-result': [],
  'arguments-not-json': [],
  'last-not-assistant': [],
  'nothing-trained': [],
  'duplicate-message-id': [],
  'field-of-other-role': [],
} as const satisfies Record<string, readonly string[]>

export type FaultCode = keyof typeof FAULTS
export type ReasonOf<C extends FaultCode> = (typeof FAULTS)[C][number]

/** What a value is, named under `importKinds` of messages/. */
export const KINDS = ['text', 'number', 'boolean', 'nothing', 'list', 'object', 'pair'] as const
type Kind = (typeof KINDS)[number]

/** What a fault is about. `found` and `expected` are kinds; everything else stands in the texts as it is. */
export type FaultFacts = Record<string, string | number> & { reason?: string; found?: Kind; expected?: Kind }

export function kindOf(value: unknown): Kind {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'list'
  if (typeof value === 'string') return 'text'
  if (typeof value === 'number') return 'number'
  return typeof value === 'boolean' ? 'boolean' : 'object'
}

/** Why a row cannot be taken: the field as a path in the row, what is wrong, and the facts that its texts name. */
export class RowFault extends Error {
  readonly field: string
  readonly code: FaultCode
  readonly facts: FaultFacts

  constructor(field: string, code: FaultCode, facts: FaultFacts = {}) {
    super(`${field || 'row'}: ${code}`)
    this.field = field
    this.code = code
    this.facts = facts
  }
}

function reasonOf(issue: z.core.$ZodIssue | undefined): FaultFacts {
  if (issue?.code === 'too_big') return { reason: issue.origin === 'array' ? 'too-many' : 'too-long', limit: Number(issue.maximum) }
  if (issue?.code === 'too_small') return { reason: 'empty' }
  return { reason: issue?.code === 'custom' ? String(issue.params?.reason) : 'wrong-kind' }
}

/** What the database, Python and every tokenizer can hold: one row with a NUL in it must not end the import of all others. */
export function sound<S extends z.ZodType>(schema: S, value: unknown, place: string): z.output<S> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const field = [place, ...(issue?.path ?? [])].filter((part) => part !== '').join('.')
  throw new RowFault(field, 'unsound-text', reasonOf(issue))
}
