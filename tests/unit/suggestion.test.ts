import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { carryRange, passageOf, placeOfSuggestion, rangeOf as rangeOfRemark } from '#lib/domain/suggestion.ts'

const word = fc.constantFrom('the', 'name', 'is', 'known', 'a', '我', '知道', '.', '\n')
const text = fc.array(word, { maxLength: 12 }).map((words) => words.join(' '))
/** A text with a passage in it, and what is done before and behind it. */
const passages = fc.record({ head: text, passage: fc.constantFrom('nobody knows', '没有人', 'x'), tail: text, newHead: text, newTail: text })
const rangeOf = (head: string, passage: string) => ({ start: head.length, end: head.length + passage.length })

describe('a passage carried through edits', () => {
  test('is found where it stands when everything around it changed', () => {
    fc.assert(
      fc.property(passages, ({ head, passage, tail, newHead, newTail }) => {
        const [before, after] = [`${head}\n${passage}\n${tail}`, `${newHead}\n${passage}\n${newTail}`]
        expect(carryRange(before, after, rangeOf(`${head}\n`, passage))).toEqual(rangeOf(`${newHead}\n`, passage))
      }),
    )
  })

  test('is never anything but the same words', () => {
    fc.assert(
      fc.property(text, text, fc.nat(), fc.nat(), (before, after, a, b) => {
        const [start = 0, end = 0] = [a % (before.length + 1), b % (before.length + 1)].toSorted((x, y) => x - y)
        const found = carryRange(before, after, { start, end })
        if (found) expect(after.slice(found.start, found.end)).toBe(before.slice(start, end))
      }),
    )
  })

  test.each([
    ['changed', 'I know him well.', 'I knew him well.'],
    ['deleted', 'I know him well.', 'I well.'],
    ['in another order', 'I know him well.', 'I him know well.'],
  ])('%s, it is not there any more', (_how, before, after) => expect(carryRange(before, after, { start: 2, end: 10 })).toBeNull())

  test('of the same words twice it is the one that was meant', () => {
    const before = 'Yes, I know. No, I know.'
    expect(carryRange(before, `Well. ${before}`, { start: 17, end: 23 })).toEqual({ start: 23, end: 29 })
    expect(carryRange(before, 'Yes, I know. No, who does?', { start: 17, end: 23 })).toBeNull()
  })
})

describe('what became of a suggestion', () => {
  const before = 'Nobody of that name is known. I am sure of it.'
  const range = { start: 0, end: 28 }
  const kindOf = (after: string, suggestion: string) => placeOfSuggestion(before, after, range, suggestion).kind
  const apply = (suggestion: string) => suggestion + before.slice(range.end)

  test.each(['I do not know this person', 'Nobody of that name is known to me', 'Nobody of that name', 'Nobody'])(
    '“%s” is told before and after',
    (suggestion) => {
      expect(kindOf(before, suggestion)).toBe('stands')
      expect(kindOf(apply(suggestion), suggestion)).toBe('applied')
      expect(kindOf(`${apply(suggestion)} More.`, suggestion)).toBe('applied')
      expect(kindOf('Something else entirely.', suggestion)).toBe('changed')
    },
  )

  test('applied, it is exactly the passage that was replaced', () => {
    fc.assert(
      fc.property(passages, fc.constantFrom('else', '别的', 'nobody at all knows'), ({ head, passage, tail }, suggestion) => {
        const old = `${head}\n${passage}\n${tail}`
        const place = placeOfSuggestion(old, old, rangeOf(`${head}\n`, passage), suggestion)
        if (place.kind !== 'stands') throw new Error('the passage stands there')
        expect(old.slice(0, place.range.start) + suggestion + old.slice(place.range.end)).toBe(`${head}\n${suggestion}\n${tail}`)
      }),
    )
  })
})

describe('what a remark is on', () => {
  const judged = [{ id: 'm', content: 'I know him well.' }]

  test('is its passage', () => expect(passageOf({ messageId: 'm', rangeStart: 2, rangeEnd: 6 }, judged)).toBe('know'))

  test('is the whole message where a text is suggested for no passage of it, so that it can be applied', () => {
    const remark = { messageId: 'm', rangeStart: null, rangeEnd: null, suggestion: 'I do not know him.' }
    expect(passageOf(remark, judged)).toBe('I know him well.')
    const range = rangeOfRemark(remark, 'I know him well.')
    expect(range && placeOfSuggestion('I know him well.', 'I know him well.', range, remark.suggestion)).toEqual({ kind: 'stands', range })
    expect(range && placeOfSuggestion('I know him well.', remark.suggestion, range, remark.suggestion)).toEqual({ kind: 'applied' })
    expect(range && placeOfSuggestion('I know him well.', 'Who is he?', range, remark.suggestion)).toEqual({ kind: 'changed' })
  })

  test.each([
    ['a message nothing is suggested for', { messageId: 'm' }],
    ['a whole conversation', { suggestion: 'Say it shorter.' }],
    ['a message that is gone', { messageId: 'gone', suggestion: 'Say it shorter.' }],
  ])('%s has none', (_what, remark) => expect(passageOf(remark, judged)).toBe(''))
})
