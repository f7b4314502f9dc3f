import type { z } from 'zod'

/** Why a row cannot be taken: the field as a path in the row, and what to do. */
export class RowFault extends Error {
  readonly field: string
  readonly code: string

  constructor(field: string, code: string, message: string) {
    super(message)
    this.field = field
    this.code = code
  }
}

/** What the database, Python and every tokenizer can hold: one row with a NUL in it must not end the import of all others. */
export function sound<S extends z.ZodType>(schema: S, value: unknown, place: string): z.output<S> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const field = [place, ...(issue?.path ?? [])].filter((part) => part !== '').join('.')
  throw new RowFault(field, 'unsound-text', `The field ${field} ${issue?.message ?? 'is not sound'}.`)
}
