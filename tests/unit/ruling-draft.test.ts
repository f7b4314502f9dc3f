import { describe, expect, test } from 'vitest'
import { isBegun, missingIn, NO_RULING, rulingOf, type UnfinishedRuling } from '#lib/client/ruling-draft.ts'
import { RulingInput } from '#lib/domain/ruling.ts'

const whole: UnfinishedRuling = {
  question: 'May it stop there?',
  decision: 'Yes.',
  reasons: '',
  rules: [{ rule: 'truthful/unknown', finding: 'kept' }],
  gap: false,
}

describe('a ruling being written', () => {
  test.each([
    ['the question', { question: ' \n' }, 'question'],
    ['the decision', { decision: '' }, 'decision'],
    ['a rule, or that none fits', { rules: [] }, 'rules'],
    ['whether the text kept to a rule', { rules: [...whole.rules, { rule: 'style/length', finding: null }] }, 'finding'],
  ] as const)('asks for %s', (_what, change, part) => expect(missingIn({ ...whole, ...change } as UnfinishedRuling)).toBe(part))

  test('is whole with a rule and its finding, or with a gap, and is then one that can be sent', () => {
    for (const ruling of [whole, { ...whole, rules: [], gap: true }]) {
      expect(missingIn(ruling)).toBeNull()
      expect(RulingInput.safeParse(rulingOf(ruling)).success).toBe(true)
    }
    expect(missingIn(NO_RULING)).toBe('question')
  })

  test('is begun with the first word of any part', () => {
    expect(isBegun(NO_RULING)).toBe(false)
    expect(isBegun({ ...NO_RULING, reasons: 'a' })).toBe(true)
    expect(isBegun({ ...NO_RULING, gap: true })).toBe(true)
    expect(isBegun({ ...NO_RULING, rules: [{ rule: 'style/length', finding: null }] })).toBe(true)
  })
})
