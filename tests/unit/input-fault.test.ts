import { expect, test } from 'vitest'
import { z } from 'zod'
import { type Issue, inputFaultOf } from '#lib/domain/input-fault.ts'
import { PlainText } from '#lib/domain/plain-text.ts'

const faultOf = (schema: z.ZodType, value: unknown) => {
  const issue = schema.safeParse(value).error?.issues[0]
  return issue ? inputFaultOf(issue as Issue) : undefined
}

test.each([
  [z.number(), Number.NaN, 'number', 0],
  [z.int(), Number.NaN, 'number', 0],
  [z.int(), 1.5, 'whole-number', 0],
  [z.number().positive(), -3, 'above', 0],
  [z.number().lt(1), 1, 'below', 1],
  [z.int().min(1), 0, 'at-least', 1],
  [z.number().max(0.9), 1, 'at-most', 0.9],
  [z.string().min(1), '', 'empty', 1],
  [z.string().min(10), 'short', 'too-short', 10],
  [z.string().max(3), 'long', 'too-long', 3],
  [z.array(z.int()).min(1), [], 'too-few', 1],
  [z.array(z.int()).max(1), [1, 2], 'too-many', 1],
  [z.email(), 'x', 'email', 0],
  [z.url(), 'x', 'address', 0],
  [z.enum(['a', 'b']), 'c', 'choice', 0],
  [PlainText, '\u0000', 'nul', 0],
  [PlainText, '\uD800', 'half-character', 0],
  [PlainText, '\uE0F0', 'private-use', 0],
])('%#: what zod finds has a code of ours', (schema, value, code, limit) => expect(faultOf(schema, value)).toEqual({ code, limit }))

test.each([z.string().refine(() => false, 'In its own words.'), z.string().regex(/a/, 'In its own words.')])(
  'what a schema says in a sentence of its own keeps it',
  (schema) => expect(faultOf(schema, 'x')).toBeNull(),
)
