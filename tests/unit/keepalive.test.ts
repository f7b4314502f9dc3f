import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mayOutliveThePage } from '#lib/client/keepalive.ts'

const LIMIT = 64 * 1024
const bytesOf = (input: unknown) => Buffer.byteLength(JSON.stringify(input))

test('a long ruling in Chinese is more bytes than characters, and counts', () => {
  const judgement = { summary: '', comments: [], ruling: { reasons: '理'.repeat(10_000), decision: '判'.repeat(2000), question: '问'.repeat(1000) } }
  expect(mayOutliveThePage(judgement)).toBe(true)
  expect(mayOutliveThePage({ ...judgement, summary: '总'.repeat(10_000) })).toBe(false)
  expect(mayOutliveThePage({ summary: 'x'.repeat(50_000) })).toBe(true)
})

test('what may outlive the page is never more than browsers take', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 50 }), fc.integer({ min: 1, max: 3000 }), (word, times) => {
      const input = { summary: word.repeat(times) }
      if (mayOutliveThePage(input)) expect(bytesOf(input)).toBeLessThan(LIMIT)
    }),
  )
})
