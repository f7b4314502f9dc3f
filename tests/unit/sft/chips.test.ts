import { describe, expect, test } from 'vitest'
import { BLOCK, blocksOf, chipsOf, shownWith } from '#lib/domain/sft/chips.ts'
import { type ModelView, viewOfTokens } from '#lib/domain/sft/view.ts'

/** A view of as many tokens as asked for, two characters each. */
const longView = (tokens: number): ModelView => {
  const ids = Array.from({ length: tokens }, (_, index) => index)
  const pieces = ids.map(() => 'ab')
  return viewOfTokens(ids, ids, pieces, new Set([0]))
}

describe('chips', () => {
  test('tokens that share a character are one chip, and every token is in exactly one', () => {
    const view = { ...longView(4), text: 'a字b', starts: [0, 1, 1, 2], ends: [1, 2, 2, 3] }
    expect(chipsOf(view).map(({ from, to, text, control }) => [from, to, text, control])).toEqual([
      [0, 1, 'a', true],
      [1, 3, '字', false],
      [3, 4, 'b', false],
    ])
  })

  test('a megabyte of text is shown in blocks, and only as many chips as asked for', () => {
    const chips = chipsOf(longView(300_000))
    expect(chips).toHaveLength(300_000)
    expect(chips.map((chip) => chip.text).join('')).toHaveLength(600_000)
    const blocks = blocksOf(chips, 2 * BLOCK)
    expect(blocks.map(({ first, chips: some }) => [first, some.length, some[0]?.from])).toEqual([
      [0, BLOCK, 0],
      [BLOCK, BLOCK, BLOCK],
    ])
  })

  test('the last block has what is left, and nothing is shown of nothing', () => {
    expect(blocksOf(chipsOf(longView(BLOCK + 2)), 2 * BLOCK).map((block) => block.chips.length)).toEqual([BLOCK, 2])
    expect(blocksOf(chipsOf(longView(0)), BLOCK)).toEqual([])
  })

  test('walking past the last chip shown brings the next block, and walking back takes none away', () => {
    expect(shownWith(BLOCK - 1, BLOCK)).toBe(BLOCK)
    expect(shownWith(BLOCK, BLOCK)).toBe(2 * BLOCK)
    expect(shownWith(0, 2 * BLOCK)).toBe(2 * BLOCK)
  })
})
