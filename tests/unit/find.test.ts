import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DraftContent, Message } from '#lib/domain/conversation.ts'
import { afterReplacing, findMatches, MOST_MATCHES, replaceMatches } from '#lib/domain/find.ts'

const message = (id: string, content: string, more: Partial<Message> = {}): Message => ({ id, role: 'assistant', content, train: true, ...more })
const call = (id: string, text: string) => ({ id, name: 'search', arguments: text })
const draft = (...messages: Message[]): DraftContent => ({ messages, tools: [] })
const textsOf = ({ messages }: DraftContent) =>
  messages.flatMap(({ reasoning, content, toolCalls = [] }) => [
    ...(reasoning === undefined ? [] : [reasoning]),
    content,
    ...toolCalls.map((each) => each.arguments),
  ])

describe('finding', () => {
  const content = draft(
    message('a', 'Tea, tea and TEA.', { reasoning: 'tea?', toolCalls: [call('1', '{"q": "none"}'), call('2', '{"q": "tea"}')] }),
    message('b', '茶 tea'),
  )

  test('goes through thinking, content and arguments in the order one reads', () => {
    expect(
      findMatches(content.messages, { text: 'tea', matchCase: false }).map(({ message: id, field, call: at, from }) => [id, field, at, from]),
    ).toEqual([
      ['a', 'reasoning', undefined, 0],
      ['a', 'content', undefined, 0],
      ['a', 'content', undefined, 5],
      ['a', 'content', undefined, 13],
      ['a', 'arguments', 1, 7],
      ['b', 'content', undefined, 2],
    ])
    expect(findMatches(content.messages, { text: 'TEA', matchCase: true })).toHaveLength(1)
  })

  test.each(['.', '[a-z]', '\\w', '$', '(', '-', '/', '?'])('%j is a text, not an expression', (text) => {
    const odd = draft(message('a', `x${text}y`))
    expect(findMatches(odd.messages, { text, matchCase: false })).toEqual([{ message: 'a', field: 'content', from: 1, to: 1 + text.length }])
  })

  test('nothing is found of nothing, and of very much only as much as helps', () => {
    expect(findMatches(content.messages, { text: '', matchCase: false })).toEqual([])
    expect(findMatches([message('a', 'x'.repeat(MOST_MATCHES + 5))], { text: 'x', matchCase: true })).toHaveLength(MOST_MATCHES)
  })
})

test('replacing all is what replacing in each text is, and carries origins along', () => {
  const text = fc.array(fc.constantFrom('tea', 'Tea', ' ', '茶', '😀', '.'), { maxLength: 10 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(text, text, text, fc.constantFrom('', 'coffee', '茶水', 'tea tea'), (reasoning, content, args, replacement) => {
      const before = draft(message('a', content, { reasoning, toolCalls: [call('1', args)] }), message('b', args))
      const after = replaceMatches(before, findMatches(before.messages, { text: 'tea', matchCase: false }), replacement)
      expect(textsOf(after)).toEqual(textsOf(before).map((each) => each.replaceAll(/tea/gi, replacement)))
    }),
  )
  const typed = draft(message('a', 'tea time', { origins: [{ start: 0, end: 8, source: 'paste' }] }))
  const after = replaceMatches(typed, findMatches(typed.messages, { text: 'tea', matchCase: false }), 'coffee')
  expect(after.messages[0]?.origins).toEqual([
    { start: 0, end: 6, source: 'human' },
    { start: 6, end: 11, source: 'paste' },
  ])
})

test('one match can be replaced alone', () => {
  const before = draft(message('a', 'tea tea tea'))
  const second = findMatches(before.messages, { text: 'tea', matchCase: true }).slice(1, 2)
  expect(textsOf(replaceMatches(before, second, 'x'))).toEqual(['tea x tea'])
})

test.each([
  ['cat', 'cats', 'cat cat cat', 'cats cats cats'],
  ['exemplar', 'Exemplar', 'exemplar, Exemplar', 'Exemplar, Exemplar'],
  ['a', 'aa', 'aba', 'aabaa'],
  ['a', '', 'aaa', ''],
])('replacing %j by %j one after the other ends, and passes by what was put in', (text, replacement, before, after) => {
  const query = { text, matchCase: false }
  let content = draft(message('a', before))
  let at = 0
  const times = findMatches(content.messages, query).length
  for (let time = 0; time < times; time++) {
    const match = findMatches(content.messages, query)[at]
    if (!match) throw new Error('there is one left')
    content = replaceMatches(content, [match], replacement)
    at = afterReplacing(findMatches(content.messages, query), at, match, replacement)
  }
  expect(textsOf(content)).toEqual([after])
  expect(findMatches(content.messages, query)[at]).toBeUndefined()
})
