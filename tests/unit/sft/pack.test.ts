import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concatenate, packBfd } from '#lib/domain/sft/pack.ts'
import { cutTokens, turnCuts } from '#lib/domain/sft/truncate.ts'
import { message } from './fixtures.ts'

/** The same rule without a tree: of the bins a row fits, the fullest, and of those the one that became so first. */
function slowBfd(lengths: number[], capacity: number): number[][] {
  const order = lengths.map((_, row) => row).filter((row) => (lengths[row] as number) > 0)
  order.sort((a, b) => (lengths[b] as number) - (lengths[a] as number) || a - b)
  const bins: { rows: number[]; free: number; since: number }[] = []
  order.forEach((row, turn) => {
    const length = lengths[row] as number
    const fitting = bins.filter((bin) => bin.free >= length).sort((a, b) => a.free - b.free || a.since - b.since)
    let bin = fitting[0]
    if (!bin) {
      bin = { rows: [], free: capacity, since: 0 }
      bins.push(bin)
    }
    bin.rows.push(row)
    bin.free -= length
    bin.since = turn
  })
  return bins.map((bin) => bin.rows)
}

describe('best-fit decreasing', () => {
  test.each([
    ['the example of trl.pack_dataset', [5, 2, 3, 1].map((n) => Math.min(n, 4)), 4, [[0], [2, 3], [1]]],
    ['TRL’s test rows', [3, 4, 1], 4, [[1], [0, 2]]],
    ['empty rows are left out', [0, 2, 0, 2], 4, [[1, 3]]],
    ['nothing', [], 8, []],
  ])('%s', (_, lengths, capacity, expected) => {
    expect(packBfd(lengths, capacity)).toEqual(expected)
  })

  test('loses nothing, overfills nothing, and follows the rule', () => {
    const input = fc
      .integer({ min: 1, max: 40 })
      .chain((capacity) => fc.tuple(fc.constant(capacity), fc.array(fc.integer({ min: 0, max: capacity }), { maxLength: 60 })))
    const property = fc.property(input, ([capacity, lengths]) => {
      const bins = packBfd(lengths, capacity)
      expect(bins).toEqual(slowBfd(lengths, capacity))
      expect(bins.flat().sort((a, b) => a - b)).toEqual(lengths.flatMap((n, row) => (n > 0 ? [row] : [])))
      for (const bin of bins) expect(bin.reduce((sum, row) => sum + (lengths[row] as number), 0)).toBeLessThanOrEqual(capacity)
    })
    fc.assert(property, { numRuns: 300 })
  })

  test('a row longer than a bin is not cut silently', () => {
    expect(() => packBfd([5], 4)).toThrow(RangeError)
  })

  test('joining keeps the order', () => {
    expect([...concatenate([Int32Array.of(1, 2), Int32Array.of(), Int32Array.of(3)])]).toEqual([1, 2, 3])
  })
})

describe('truncation', () => {
  const row = { ids: Int32Array.of(1, 2, 3, 4, 5), labels: Int32Array.of(-100, -100, 3, 4, 5) }

  test('accounts for every token', () => {
    const property = fc.property(
      fc.integer({ min: 0, max: 30 }),
      fc.integer({ min: 1, max: 30 }),
      fc.constantFrom('start' as const, 'end' as const),
      (length, maxLength, keep) => {
        const ids = Int32Array.from({ length }, (_, i) => i)
        const cut = cutTokens({ ids, labels: ids }, maxLength, keep)
        expect(cut.ids.length + cut.truncatedTokens).toBe(length)
        expect(cut.ids.length).toBe(Math.min(length, maxLength))
        expect(cut.labels).toEqual(cut.ids)
        if (cut.ids.length > 0) expect(keep === 'start' ? cut.ids[0] : cut.ids.at(-1)).toBe(keep === 'start' ? 0 : length - 1)
      },
    )
    fc.assert(property)
    expect(cutTokens(row, 3, 'end')).toMatchObject({ ids: Int32Array.of(3, 4, 5), truncatedTokens: 2 })
  })

  test('whole turns are dropped from the end, never between a call and its result', () => {
    const call = { id: 'a', name: 'f', arguments: '{}' }
    const messages = [
      message('user', 'a'),
      message('assistant', 'b'),
      message('user', 'c'),
      message('assistant', '', { toolCalls: [call] }),
      message('tool', 'd', { toolCallId: 'a' }),
      message('assistant', 'e'),
      message('user', 'f'),
      message('assistant', 'g'),
    ]
    expect(turnCuts(messages)).toEqual([6, 2])
  })
})
