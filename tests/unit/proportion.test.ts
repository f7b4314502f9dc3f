import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { medianOf, proportion } from '#lib/domain/stats/proportion.ts'

describe('a share with its interval', () => {
  test('says nothing when nothing was counted', () => {
    expect(proportion(0, 0)).toEqual({ count: 0, total: 0, share: null, low: null, high: null })
  })

  test('equals the published example: 15 of 20 is 0.531 to 0.888', () => {
    const { share, low, high } = proportion(15, 20)
    expect(share).toBe(0.75)
    expect(low).toBeCloseTo(0.531, 3)
    expect(high).toBeCloseTo(0.888, 3)
  })

  test('stays within 0 to 1 and holds the share', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0, max: 1, noNaN: true }), (total, part) => {
        const { share, low, high } = proportion(Math.round(total * part), total)
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeLessThanOrEqual(1)
        expect((share ?? 0) + 1e-9).toBeGreaterThanOrEqual(low ?? 1)
        expect((share ?? 1) - 1e-9).toBeLessThanOrEqual(high ?? 0)
      }),
    )
  })
})

describe('the median of a histogram', () => {
  test('is that of the values written out', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 40 }), (values) => {
        const histogram = [...new Set(values)].map((value) => ({ value, count: values.filter((other) => other === value).length }))
        const sorted = values.toSorted((a, b) => a - b)
        const half = (sorted.length - 1) / 2
        expect(medianOf(histogram)).toBe(((sorted[Math.floor(half)] ?? 0) + (sorted[Math.ceil(half)] ?? 0)) / 2)
      }),
    )
  })

  test('does not exist without values', () => {
    expect(medianOf([])).toBeNull()
    expect(medianOf([{ value: 3, count: 0 }])).toBeNull()
  })
})
