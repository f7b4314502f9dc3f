import { describe, expect, test } from 'vitest'
import { FAULTS, type FaultCode, KINDS } from '#lib/domain/import/row-fault.ts'
import { tell } from '#lib/services/import-faults.ts'
import english from '#messages/en.json' with { type: 'json' }
import chinese from '#messages/zh.json' with { type: 'json' }

type Text = { message: string; cure: string }
type Texts = Record<string, Text | Record<string, Text>>

const faults = Object.entries<readonly string[]>(FAULTS).flatMap(([code, reasons]) =>
  reasons.length === 0 ? [{ code, reason: '' }] : reasons.map((reason) => ({ code, reason })),
)
const textOf = (texts: Texts, code: string, reason: string) =>
  (reason ? (texts[code] as Record<string, Text> | undefined)?.[reason] : texts[code]) as Text | undefined

describe.each([
  ['English', english.importFaults, english.importKinds],
  ['中文', chinese.importFaults, chinese.importKinds],
])('in %s', (_language, texts: Texts, kinds) => {
  test.each(faults)('$code $reason says what is wrong and what to do', ({ code, reason }) => {
    const text = textOf(texts, code, reason)
    expect(text?.message).toMatch(/\S[.。]$/)
    expect(text?.cure).toMatch(/\S[.。]$/)
    // The API fills plain blanks only.
    expect(`${text?.message}${text?.cure}`.replaceAll(/\{\w+\}/g, '')).not.toMatch(/[{}']/)
  })

  test('every kind of value has a name, and no text is left over', () => {
    expect(Object.keys(kinds).sort()).toEqual([...KINDS].sort())
    expect(Object.keys(texts).sort()).toEqual(Object.keys(FAULTS).sort())
  })
})

test('the API tells a fault in English, with its blanks filled', () => {
  const place = { row: 3, line: 3, column: 1, field: 'instruction', excerpt: '' }
  const told = (code: FaultCode, facts: Parameters<typeof tell>[0]['facts']) => tell({ ...place, code, facts })
  expect(told('wrong-type', { expected: 'text', found: 'number' })).toMatchObject({
    ...place,
    message: 'This must be a text, not a number.',
    cure: expect.stringMatching(/\.$/),
  })
  expect(told('malformed-json', { reason: 'comma-expected', wanted: '}', character: 'x' }).message).toBe('A comma or “}” was expected, not “x”.')
})
