import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asPassages } from '#lib/domain/passages.ts'
import { changedPassages, type DiffPart, diffText, diffWords } from '#lib/domain/text-diff.ts'
import { beginningOf } from '#lib/domain/text-tokens.ts'

const beforeOf = (parts: readonly DiffPart[]) => parts.map(({ kind, text }) => (kind === 'added' ? '' : text)).join('')
const afterOf = (parts: readonly DiffPart[]) => parts.map(({ kind, text }) => (kind === 'removed' ? '' : text)).join('')
const brief = (parts: readonly DiffPart[]) =>
  parts.map(({ kind, text, block }) => `${kind === 'same' ? ' ' : kind === 'added' ? '+' : '-'}${block ? '#' : ''}${text}`)

const word = fc.constantFrom('the', 'a', 'answer', 'is', 'not', 'known', 'to', 'me', '我', '不', '知道', '3.14', 'x,')
const end = fc.constantFrom('. ', '! ', '。', '\n', '\n\n', ' ', '')
const text = fc
  .array(fc.tuple(fc.array(word, { maxLength: 8 }), end), { maxLength: 6 })
  .map((all) => all.map(([words, stop]) => words.join(' ') + stop).join(''))

describe('a diff to read', () => {
  test('joins to both texts, whatever they are', () => {
    const anything = fc.oneof(text, fc.string({ unit: 'binary' }))
    fc.assert(
      fc.property(anything, anything, (before, after) => {
        const parts = diffText(before, after)
        expect(beforeOf(parts)).toBe(before)
        expect(afterOf(parts)).toBe(after)
        expect(parts.every((part) => part.text !== '')).toBe(true)
      }),
    )
  })

  test('is never in more pieces than the diff by word, and leaves equal texts alone', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(diffText(before, after).length).toBeLessThanOrEqual(diffWords(before, after).length)
        expect(brief(diffText(before, before))).toEqual(before ? [` ${before}`] : [])
      }),
    )
  })

  test('a passage is old, then new, and two passages never touch', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const parts = diffText(before, after)
        for (const [index, part] of parts.entries()) {
          const next = parts[index + 1]
          if (part.block && part.kind === 'added') expect(next?.block && next.kind === 'removed').not.toBe(true)
          if (part.block && part.kind === 'removed' && next?.block) expect(next.kind).toBe('added')
        }
      }),
    )
  })

  test('one word changed in a sentence is shown as that word', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 4, maxLength: 12 }), fc.nat(), (words: string[], pick) => {
        const at = pick % words.length
        const parts = diffText(`${words.join(' ')}.`, `${words.with(at, 'otherwise').join(' ')}.`)
        expect(parts.some((part) => part.block)).toBe(false)
        expect(parts.filter(({ kind }) => kind === 'added').map((part) => part.text)).toEqual(['otherwise'])
      }),
    )
  })

  test('a sentence written anew stands below the old one; its neighbours stay word by word', () => {
    const before = 'Hello there. I think that the cat may possibly be sitting on a mat somewhere. Bye now.'
    const after = 'Hello there. Nobody knows where a cat is, but mats are a fair guess for one. Bye then.'
    expect(brief(diffText(before, after))).toEqual([
      ' Hello there. ',
      '-#I think that the cat may possibly be sitting on a mat somewhere. ',
      '+#Nobody knows where a cat is, but mats are a fair guess for one. ',
      ' Bye ',
      '-now',
      '+then',
      ' .',
    ])
  })

  test('several sentences written anew in a row are one passage', () => {
    const before = '先给结论，再给依据。热水不一定先结冰。'
    const after = '这件事要看实验条件才行。多数人重复不出这个结果来。'
    expect(brief(diffText(before, after))).toEqual([`-#${before}`, `+#${after}`])
  })

  test('a long insertion into a sentence that stays is no passage', () => {
    const parts = diffText('The answer is known.', 'The answer, which took us many long years of hard work to find, is known.')
    expect(parts.some((part) => part.block)).toBe(false)
  })

  test('what is shown as passages once stays so', () => {
    const parts = diffText('One two three. A b c d e f.', 'One two three. G h i j k l.')
    expect(brief(asPassages(parts))).toEqual(brief(parts))
  })
})

describe('the changed passages of a diff', () => {
  const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => `Line ${from + index}.\n`).join('')

  test('equal texts have none', () => {
    expect(changedPassages(diffText(lines(1, 9), lines(1, 9)))).toEqual([])
  })

  test('each change stands with a few lines around it, and far changes apart', () => {
    const passages = changedPassages(diffText(lines(1, 40), lines(1, 40).replace('Line 10.', 'Line ten.').replace('Line 30.', 'Line thirty.')))
    expect(passages).toHaveLength(2)
    expect(passages.map(afterOf)[0]).toMatch(/^Line 8\.\nLine 9\.\nLine ten\.\nLine 11\.\nLine 12\.\n$/)
    expect(passages.map(beforeOf)[1]).toContain('Line 30.')
  })

  test('no change is lost, and nothing is shown that the diff does not hold', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        const parts = diffText(before, after)
        const shown = changedPassages(parts).flat()
        const changes = (all: readonly DiffPart[]) => all.filter(({ kind }) => kind !== 'same')
        expect(changes(shown)).toEqual(changes(parts))
        expect(beforeOf(parts)).toContain(beforeOf(changedPassages(parts)[0] ?? []))
      }),
    )
  })
})

test('a beginning ends with a whole word, in scripts without spaces with a whole character', () => {
  expect(beginningOf('How do I find out where she lives?', 30)).toBe('How do I find out where she…')
  expect(beginningOf('How do I find out where she', 27)).toBe('How do I find out where she')
  expect(beginningOf('How do I find', 8)).toBe('How do I…')
  expect(beginningOf('公司团建，预算人均一百', 6)).toBe('公司团建，预…')
  expect(beginningOf('x'.repeat(20), 10).length).toBeLessThanOrEqual(11)
})
