import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { agreement, FEWEST_UNITS, reportedAgreement } from '#lib/domain/stats/agreement.ts'

/** One line a judge, one column a thing; `*` is a missing judgement. */
const table = (...judges: string[]): number[][] => {
  const rows = judges.map((line) => line.split(' '))
  return (rows[0] ?? []).map((_, column) => rows.flatMap((row) => (row[column] === '*' ? [] : [Number(row[column])])))
}

// The published example of Krippendorff (2011): four judges, twelve things, judgements missing.
const PUBLISHED = table('1 2 3 3 2 1 4 1 2 * * *', '1 2 3 3 2 2 4 1 2 5 * 3', '* 3 3 3 2 3 4 2 2 5 1 *', '1 2 3 3 2 4 4 1 2 5 1 *')

describe('Krippendorff’s alpha', () => {
  test('equals the published values of the published example', () => {
    expect(agreement(PUBLISHED, 'nominal').alpha).toBeCloseTo(0.743421, 6)
    expect(agreement(PUBLISHED, 'ordinal').alpha).toBeCloseTo(0.815388, 6)
    // The last thing was judged once and does not count.
    expect(agreement(PUBLISHED, 'nominal')).toMatchObject({ units: 11, judgements: 40, reason: null })
  })

  test('equals further known values', () => {
    const judged = (text: string) => text.split(' ').map((word) => [...word].map((letter) => letter.charCodeAt(0)))
    expect(agreement(judged('AAA AAB BBB ABB'), 'nominal').alpha).toBeCloseTo(0.388889, 6)
    // A thing judged once is left out; systematic disagreement is below chance.
    expect(agreement(judged('YNN YN N'), 'nominal').alpha).toBeCloseTo(-0.333333, 6)
  })

  test('is 1 when everybody agrees on things that differ', () => {
    expect(
      agreement(
        [
          [1, 1],
          [5, 5, 5],
        ],
        'ordinal',
      ).alpha,
    ).toBe(1)
  })

  test('is undefined, with the reason, where nothing was judged twice or nothing ever differs', () => {
    expect(agreement([], 'nominal')).toMatchObject({ alpha: null, reason: 'no-overlap', units: 0, low: null })
    expect(agreement([[1], [2]], 'ordinal')).toMatchObject({ alpha: null, reason: 'no-overlap', units: 0 })
    // Some libraries say 1 here; but with one value ever given, agreement cannot be told from chance.
    expect(
      agreement(
        [
          [3, 3],
          [3, 3],
        ],
        'ordinal',
      ),
    ).toMatchObject({ alpha: null, reason: 'no-variation', units: 2, judgements: 4, high: null })
  })

  test('has the same interval every time, and it holds the figure', () => {
    const first = agreement(PUBLISHED, 'ordinal')
    expect(agreement(PUBLISHED, 'ordinal')).toEqual(first)
    expect(first.low).toBeLessThan(first.alpha ?? 0)
    expect(first.high).toBeGreaterThan(first.alpha ?? 1)
    expect(first.high).toBeLessThanOrEqual(1)
  })

  test('does not depend on the order of things or of judges, nor, for names, on which number a name has', () => {
    const things = fc.array(fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(things, (judged) => {
        const { alpha } = agreement(judged, 'nominal')
        const turned = agreement(
          judged.toReversed().map((given) => given.toReversed()),
          'nominal',
        ).alpha
        const renamed = agreement(
          judged.map((given) => given.map((value) => ((value * 7) % 5) + 10)),
          'nominal',
        ).alpha
        for (const other of [turned, renamed]) {
          if (alpha === null) expect(other).toBeNull()
          else expect(other).toBeCloseTo(alpha, 9)
        }
        if (alpha !== null) expect(alpha).toBeLessThanOrEqual(1)
      }),
    )
  })
})

describe('what is told of it', () => {
  const differing = (units: number) => Array.from({ length: units }, (_, index) => [index % 2, index % 3 === 0 ? 1 : index % 2])

  test('is no figure of too few things, whatever they say, and how many there are', () => {
    expect(reportedAgreement(differing(2), 'nominal')).toEqual({ alpha: null, reason: 'too-few', low: null, high: null, units: 2, judgements: 4 })
    expect(reportedAgreement([[3, 3]], 'ordinal')).toMatchObject({ alpha: null, reason: 'too-few', units: 1 })
    expect(reportedAgreement(differing(FEWEST_UNITS - 1), 'nominal').reason).toBe('too-few')
    expect(reportedAgreement([[1], [2]], 'nominal').reason).toBe('no-overlap')
  })

  test('is the figure with its interval from the tenth on', () => {
    const judged = differing(FEWEST_UNITS)
    expect(reportedAgreement(judged, 'nominal')).toEqual(agreement(judged, 'nominal'))
    expect(reportedAgreement(judged, 'nominal').low).not.toBeNull()
  })
})
