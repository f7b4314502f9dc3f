import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contentHash } from '#lib/domain/content-hash.ts'
import type { Message } from '#lib/domain/conversation.ts'
import { PlainText } from '#lib/domain/plain-text.ts'
import { anchorFaults } from '#lib/domain/review.ts'
import { turnFaults } from '#lib/domain/turns.ts'

const turn = (id: string, role: Message['role'], content: string, more: Partial<Message> = {}): Message => ({
  id,
  role,
  content,
  train: role === 'assistant',
  ...more,
})
const call = (id: string, text = '{}') => ({ id, name: 'search', arguments: text })
const codes = (messages: Message[], complete = true) => turnFaults(messages, { complete }).map((fault) => fault.code)

describe('turns', () => {
  test('a tool conversation in order has no faults', () => {
    expect(
      codes([
        turn('1', 'system', 'Be brief.'),
        turn('2', 'user', 'Weather?'),
        turn('3', 'assistant', '', { toolCalls: [call('a'), call('b')], reasoning: 'I need to look.' }),
        turn('4', 'tool', 'rain', { toolCallId: 'a' }),
        turn('5', 'tool', 'wind', { toolCallId: 'b' }),
        turn('6', 'assistant', 'Rain and wind.'),
      ]),
    ).toEqual([])
  })

  test.each<[string, Message[], string]>([
    [
      'a call without its result',
      [turn('1', 'user', 'q'), turn('2', 'assistant', '', { toolCalls: [call('a')] }), turn('3', 'assistant', 'done')],
      'call-without-result',
    ],
    [
      'a result for an id nobody called',
      [turn('1', 'user', 'q'), turn('2', 'tool', 'r', { toolCallId: 'x' }), turn('3', 'assistant', 'done')],
      'result-without-call',
    ],
    [
      'the same result twice',
      [
        turn('1', 'user', 'q'),
        turn('2', 'assistant', '', { toolCalls: [call('a')] }),
        turn('3', 'tool', 'r', { toolCallId: 'a' }),
        turn('4', 'tool', 'r', { toolCallId: 'a' }),
        turn('5', 'assistant', 'done'),
      ],
      'result-without-call',
    ],
    [
      'arguments that are no JSON',
      [
        turn('1', 'user', 'q'),
        turn('2', 'assistant', '', { toolCalls: [call('a', '{')] }),
        turn('3', 'tool', 'r', { toolCallId: 'a' }),
        turn('4', 'assistant', 'done'),
      ],
      'arguments-not-json',
    ],
    ['a system message in the middle', [turn('1', 'user', 'q'), turn('2', 'system', 's'), turn('3', 'assistant', 'a')], 'system-not-first'],
    ['two messages of one id', [turn('1', 'user', 'q'), turn('1', 'assistant', 'a')], 'duplicate-message-id'],
    ['reasoning of a user', [turn('1', 'user', 'q', { reasoning: 'hm' }), turn('2', 'assistant', 'a')], 'field-of-other-role'],
  ])('%s is a fault', (_name, messages, code) => expect(codes(messages)).toContain(code))

  test('an unfinished draft is no fault until it is submitted', () => {
    const messages = [turn('1', 'user', 'q')]
    expect(codes(messages, false)).toEqual([])
    expect(codes(messages, true)).toContain('last-not-assistant')
  })

  test('well-formed text of any script passes, lone surrogates and NUL never', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(PlainText.safeParse(text).success).toBe(text.isWellFormed() && !/[\u0000\uE0F0-\uE0F3]/.test(text))
      }),
    )
    for (const bad of ['\uD800', 'a\uDC00b', '\uD800\uD800\uDC00', '\u0000']) expect(PlainText.safeParse(bad).success).toBe(false)
  })
})

describe('content hash', () => {
  test('does not depend on the order of keys and does on everything else', async () => {
    expect(await contentHash({ a: 1, b: [1, 2] })).toBe(await contentHash({ b: [1, 2], a: 1 }))
    expect(await contentHash({ a: 'e\u0301' })).not.toBe(await contentHash({ a: '\u00e9' }))
    // SHA-256 of {} as RFC 8785 writes it.
    expect(await contentHash({})).toBe('44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a')
  })
})

describe('anchors', () => {
  const messages = [turn('1', 'user', 'héllo')]
  const comment = { body: 'b', severity: 'nit' as const }
  test.each([
    [{ messageId: '1', rangeStart: 0, rangeEnd: 5 }, 0],
    [{ messageId: '1' }, 0],
    [{}, 0],
    [{ messageId: '1', rangeStart: 0, rangeEnd: 6 }, 1],
    [{ messageId: '1', rangeStart: 3, rangeEnd: 3 }, 1],
    [{ messageId: '1', rangeStart: 3 }, 1],
    [{ messageId: '2' }, 1],
    [{ rangeStart: 0, rangeEnd: 1 }, 1],
  ])('%j has %i faults', (anchor, count) => expect(anchorFaults([{ ...comment, ...anchor }], messages)).toHaveLength(count))
})
