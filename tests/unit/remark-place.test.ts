import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { placeOfRemark } from '#lib/domain/remark-place.ts'

const word = fc.constantFrom('the', 'name', 'is', 'known', 'a', '我', '知道', '.', '\n', '😀')
const text = fc.array(word, { maxLength: 14 }).map((words) => words.join(' '))
/** Long enough to be told by itself, and in no other text here. */
const PASSAGE = 'nobody of that name is known to anybody 没有人知道'
const message = (id: string, content: string) => ({ id, content })
const onPassage = (head: string) => ({ messageId: 'm', rangeStart: head.length, rangeEnd: head.length + PASSAGE.length })

describe('a remark on a passage', () => {
  test('goes with its words into whatever message they stand in', () => {
    fc.assert(
      fc.property(text, text, text, text, fc.constantFrom('m', 'n'), (head, tail, newHead, newTail, id) => {
        const judged = [message('q', 'Who?'), message('m', `${head}${PASSAGE}${tail}`)]
        const now = [message('q', 'Who?'), message(id, `${newHead}${PASSAGE}${newTail}`)]
        const range = { start: newHead.length, end: newHead.length + PASSAGE.length }
        expect(placeOfRemark(onPassage(head), judged, now)).toEqual({ kind: 'stands', messageId: id, range })
      }),
    )
  })

  test('is found after its message was split before or behind it, also where the words are few', () => {
    const head = 'Ask the archive of the town first. '
    const tail = ' Then write to the family, if there is one.'
    const before = message('m', `${head}I know${tail}`)
    const anchor = { messageId: 'm', rangeStart: head.length, rangeEnd: head.length + 6 }
    const split = (at: number) => [message('m', before.content.slice(0, at)), message('n', before.content.slice(at))]
    expect(placeOfRemark(anchor, [before], split(head.length))).toMatchObject({ kind: 'stands', messageId: 'n', range: { start: 0, end: 6 } })
    expect(placeOfRemark(anchor, [before], split(head.length + 6))).toMatchObject({ kind: 'stands', messageId: 'm' })
    expect(placeOfRemark(anchor, [before], split(head.length + 3))).toEqual({ kind: 'changed', messageId: 'm' })
  })

  test('is never on other words than it was made on, and never lost without a word', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 3 }), fc.array(text, { maxLength: 3 }), fc.nat(), fc.nat(), (old, after, a, b) => {
        const judged = old.map((content, index) => message(`m${index}`, content))
        const now = after.map((content, index) => message(`m${index + 1}`, content))
        const content = old[0] ?? ''
        const [rangeStart = 0, rangeEnd = 0] = [a % (content.length + 1), b % (content.length + 1)].toSorted((x, y) => x - y)
        const place = placeOfRemark({ messageId: 'm0', rangeStart, rangeEnd }, judged, now)
        if (place.kind === 'stands') {
          const found = now.find(({ id }) => id === place.messageId)?.content ?? ''
          expect(found.slice(place.range.start, place.range.end)).toBe(content.slice(rangeStart, rangeEnd))
        } else expect(['changed', 'orphan']).toContain(place.kind)
      }),
    )
  })

  test('of words that are common it is not guessed', () => {
    const judged = [message('m', 'Yes, I know. No, I know.')]
    const anchor = { messageId: 'm', rangeStart: 17, rangeEnd: 23 }
    expect(placeOfRemark(anchor, judged, [message('m', 'Yes, I know. No, who does?')])).toEqual({ kind: 'changed', messageId: 'm' })
    expect(placeOfRemark(anchor, judged, [message('n', 'I know.'), message('o', 'I know.')])).toEqual({ kind: 'orphan' })
  })
})

describe('a remark on a message, or on the whole', () => {
  const judged = [message('m', 'One.'), message('n', 'Two.')]
  test.each([
    ['is there while its message is', { messageId: 'm' }, [message('m', 'Another.')], { kind: 'message', messageId: 'm' }],
    ['finds its message under another id', { messageId: 'm' }, [message('x', 'One.')], { kind: 'message', messageId: 'x' }],
    ['is an orphan once it is gone', { messageId: 'm' }, [message('n', 'Two.')], { kind: 'orphan' }],
    ['is not given to one of two', { messageId: 'm' }, [message('x', 'One.'), message('y', 'One.')], { kind: 'orphan' }],
    ['is on the whole without one', { messageId: null }, [], { kind: 'whole' }],
    ['is an orphan in a revision nobody has', { messageId: 'z' }, [message('n', 'Two.')], { kind: 'orphan' }],
  ])('%s', (_what, anchor, now, place) => expect(placeOfRemark(anchor, judged, now)).toEqual(place))

  test('tells a suggestion that was taken over', () => {
    const anchor = { messageId: 'm', rangeStart: 0, rangeEnd: 4, suggestion: 'The first.' }
    expect(placeOfRemark(anchor, judged, [message('m', 'The first.')])).toEqual({ kind: 'applied', messageId: 'm' })
    expect(placeOfRemark(anchor, judged, judged)).toEqual({ kind: 'stands', messageId: 'm', range: { start: 0, end: 4 } })
  })
})
