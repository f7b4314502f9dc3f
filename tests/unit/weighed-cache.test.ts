import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WeighedCache } from '#lib/domain/weighed-cache.ts'

test('weighs no more than it may, keeps what was used last, and always the newest', () => {
  const step = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e'), weight: fc.option(fc.integer({ min: 1, max: 12 })) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const cache = new WeighedCache<number>(10)
      // The same by hand: a list, the least recently used first.
      let list: { key: string; weight: number }[] = []
      for (const { key, weight } of steps) {
        const there = list.find((each) => each.key === key)
        list = list.filter((each) => each !== there)
        if (weight === null) {
          expect(cache.find(key)).toBe(there?.weight)
          if (there) list.push(there)
        } else {
          cache.keep(key, weight, weight)
          list.push({ key, weight })
          while (list.length > 1 && list.reduce((sum, each) => sum + each.weight, 0) > 10) list.shift()
        }
        expect(cache.weight).toBe(list.reduce((sum, each) => sum + each.weight, 0))
      }
    }),
  )
})
