import { z } from 'zod'

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/
const NUL = 'contains a NUL character (U+0000); remove it'
const HALF = 'contains half of a surrogate pair, which is no character; remove or retype it'

/** Text that PostgreSQL, Python and every tokenizer can hold unchanged: no NUL, no lone surrogates, no sentinels of the renderer. */
export const PlainText = z
  .string()
  .refine((text) => !text.includes('\u0000'), { message: NUL, params: { reason: 'nul' } })
  .refine((text) => !LONE_SURROGATE.test(text), { message: HALF, params: { reason: 'half-character' } })
  .refine((text) => !/[\uE0F0-\uE0F3]/.test(text), {
    message: 'contains a private-use character U+E0F0–U+E0F3, which the renderer reserves; remove it',
    params: { reason: 'private-use' },
  })

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value))

/** The first text of a value, however deep, that the database cannot hold, and what is wrong with it; keys count as texts. */
export function findUnsoundText(value: unknown, path: readonly string[] = []): { path: string; message: string } | null {
  if (typeof value === 'string') {
    const message = value.includes('\u0000') ? NUL : value.isWellFormed() ? null : HALF
    return message && { path: path.join('.'), message }
  }
  if (!Array.isArray(value) && !isPlainObject(value)) return null
  for (const [key, part] of Object.entries(value)) {
    const found = findUnsoundText(key, [...path, 'key']) ?? findUnsoundText(part, [...path, key])
    if (found) return found
  }
  return null
}
