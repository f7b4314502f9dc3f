import { describe, expect, test } from 'vitest'
import { locateQuote } from '#lib/domain/anchor.ts'

describe('a passage selected in rendered markdown', () => {
  const source = 'Do this:\n\n1. Boil **water**.\n2. Add [tea](https://example.org/a "Leaves") leaves.\n\n```python\nprint(1)\n```\n\n10. Wait.'
  const found = (quote: string, near = 0) => {
    const range = locateQuote(source, quote, near)
    return range && source.slice(range.start, range.end)
  }

  test.each([
    ['over the items of a list', 'Boil water.\nAdd tea leaves.', 'Boil **water**.\n2. Add [tea](https://example.org/a "Leaves") leaves'],
    ['over the border of code', 'tea leaves.\nprint(1)', 'tea](https://example.org/a "Leaves") leaves.\n\n```python\nprint(1'],
    ['inside one line', 'Do this', 'Do this'],
  ])('%s is found in the source', (_where, quote, expected) => expect(found(quote)).toBe(expected))

  test('is not found where the words are others', () => {
    expect(found('Boil tea')).toBeNull()
    expect(found('*')).toBe('*')
    expect(locateQuote('abc', '…', 0)).toBeNull()
  })

  test('of several the nearest is meant', () => {
    expect(locateQuote('1. one\n2. one\n3. one', 'one', 12)).toEqual({ start: 10, end: 13 })
    expect(locateQuote('1. one\n2. one', 'one', 0)).toEqual({ start: 3, end: 6 })
  })
})
