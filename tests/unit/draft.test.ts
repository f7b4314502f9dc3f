import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DraftContent, type Message } from '#lib/domain/conversation.ts'
import {
  addMessage,
  addToolCall,
  callsAbove,
  changeRole,
  duplicateMessage,
  editContent,
  editReasoning,
  HUMAN,
  linkResult,
  mergeWithAbove,
  moveMessage,
  nextRole,
  PASTE,
  removeMessage,
  restoreMessage,
  setReasoning,
  splitMessage,
  textRefusal,
  withoutRefused,
} from '#lib/domain/draft.ts'
import { editBetween, editOrigins, originShares, type tidyOrigins } from '#lib/domain/origin.ts'
import { linesOf, wordsOf } from '#lib/domain/text-tokens.ts'

const message = (id: string, content: string, more: Partial<Message> = {}): Message => ({ id, role: 'user', content, train: false, ...more })
const draft = (...messages: Message[]): DraftContent => ({ messages, tools: [] })
const ids = (content: DraftContent) => content.messages.map((each) => each.id)

describe('editing a draft', () => {
  it('the role that follows a call is its result, then the answer', () => {
    let content = addMessage(draft(), { id: 'a' })
    expect(content.messages[0]?.role).toBe('user')
    content = addToolCall(addMessage(content, { id: 'b' }), 'b', 'python', 'call_1')
    expect(nextRole(content.messages)).toBe('tool')
    content = addMessage(content, { id: 'c' })
    expect(content.messages[2]).toMatchObject({ role: 'tool', toolCallId: 'call_1', name: 'python', train: false })
    expect(nextRole(content.messages)).toBe('assistant')
    expect(addMessage(content, { id: 'd' }).messages[3]).toMatchObject({ role: 'assistant', train: true })
  })

  it('two calls get two results before the answer', () => {
    let content = addToolCall(addToolCall(draft(message('a', 'x', { role: 'assistant' })), 'a', 'one', 'call_1'), 'a', 'two', 'call_2')
    content = addMessage(content, { id: 'b' })
    expect(nextRole(content.messages)).toBe('tool')
    expect(addMessage(content, { id: 'c' }).messages[2]?.toolCallId).toBe('call_2')
  })

  it('split and merge give the text back with a blank line between', () => {
    const content = draft(message('a', 'one two', { role: 'assistant', reasoning: 'why', toolCalls: [{ id: 'c', name: 'n', arguments: '{}' }] }))
    const split = splitMessage(content, 'a', 3, 'b')
    expect(split.messages.map(({ content: text }) => text)).toEqual(['one', ' two'])
    expect(split.messages[0]).toMatchObject({ reasoning: 'why' })
    expect(split.messages[0]?.toolCalls).toBeUndefined()
    expect(split.messages[1]?.toolCalls).toHaveLength(1)
    expect(mergeWithAbove(split, 'b').messages[0]).toMatchObject({ id: 'a', content: 'one\n\n two', reasoning: 'why', toolCalls: [{ id: 'c' }] })
  })

  it('a change of role keeps every text', () => {
    const content = changeRole(draft(message('a', 'text', { role: 'assistant', reasoning: 'why', train: true })), 'a', 'user')
    expect(content.messages[0]).toMatchObject({ role: 'user', content: 'text', reasoning: 'why', train: false })
  })

  it('a copy has ids of its own', () => {
    const content = duplicateMessage(
      draft(message('a', 'x', { role: 'assistant', toolCalls: [{ id: 'call_1', name: 'n', arguments: '{}' }] })),
      'a',
      'b',
    )
    expect(ids(content)).toEqual(['a', 'b'])
    expect(content.messages[1]?.toolCalls?.[0]).toMatchObject({ name: 'n', arguments: '{}' })
    expect(content.messages[1]?.toolCalls?.[0]?.id).not.toBe('call_1')
  })

  it('a message that was deleted comes back alone: what was typed since stays', () => {
    const before = draft(message('a', '1'), message('b', '2'), message('c', '3'))
    const [, removed] = before.messages
    if (!removed) throw new Error('no message')
    const typed = editContent(removeMessage(before, 'b'), 'c', [{ from: 1, to: 1, inserted: '!' }], HUMAN)
    expect(restoreMessage(typed, removed, ['a']).messages.map((each) => each.content)).toEqual(['1', '2', '3!'])
    expect(ids(restoreMessage(removeMessage(typed, 'a'), removed, ['a']))).toEqual(['b', 'c'])
    expect(restoreMessage(before, removed, ['a'])).toBe(before)
  })

  it('a result can be linked to any call of the turn it answers', () => {
    const calls = [
      { id: 'c1', name: 'one', arguments: '{}' },
      { id: 'c2', name: 'two', arguments: '{}' },
    ]
    const content = draft(
      message('a', '', { role: 'assistant', toolCalls: calls }),
      message('r', '1', { role: 'tool' }),
      message('s', '2', { role: 'tool' }),
    )
    expect(callsAbove(content.messages, 2)).toEqual(calls)
    const [, second] = calls
    if (!second) throw new Error('no call')
    expect(linkResult(content, 's', second).messages[2]).toMatchObject({ toolCallId: 'c2', name: 'two' })
  })

  it('edits of the thinking add up, also two before anything is drawn again', () => {
    const content = draft(message('a', '', { role: 'assistant', reasoning: 'one two' }))
    const once = editReasoning(content, 'a', [
      { from: 0, to: 3, inserted: '1' },
      { from: 4, to: 7, inserted: '2' },
    ])
    expect(editReasoning(once, 'a', [{ from: 3, to: 3, inserted: '!' }]).messages[0]?.reasoning).toBe('1 2!')
    expect(editReasoning(draft(message('a', '')), 'a', [{ from: 0, to: 0, inserted: 'x' }]).messages[0]).not.toHaveProperty('reasoning')
  })

  it('moving stops at the ends and keeps every message', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.nat(7), fc.integer({ min: -9, max: 9 }), (count, at, by) => {
        const content = draft(...Array.from({ length: count }, (_, index) => message(`m${index}`, String(index))))
        const moved = moveMessage(content, `m${at % count}`, by)
        expect(ids(moved).toSorted()).toEqual(ids(content).toSorted())
        expect(ids(moved).indexOf(`m${at % count}`)).toBe(Math.max(0, Math.min(count - 1, (at % count) + by)))
      }),
    )
  })

  it('untouched messages stay the same objects', () => {
    const content = draft(message('a', '1'), message('b', '2'))
    expect(editContent(content, 'a', [{ from: 0, to: 1, inserted: 'x' }], HUMAN).messages[1]).toBe(content.messages[1])
  })

  it('what the operations make is valid draft content, without undefined fields', () => {
    let content = addMessage(draft(), { id: 'a' })
    content = setReasoning(setReasoning(content, 'a', 'x'), 'a', undefined)
    content = removeMessage(splitMessage(editContent(content, 'a', [{ from: 0, to: 0, inserted: 'ab' }], HUMAN), 'a', 1, 'b'), 'a')
    expect(DraftContent.parse(content)).toEqual(content)
    expect(Object.values(content.messages[0] ?? {})).not.toContain(undefined)
  })

  it('says why a text cannot be kept', () => {
    expect([textRefusal('a\u0000'), textRefusal('\ud800x'), textRefusal('\uE0F1'), textRefusal('😀\r\n')]).toEqual([
      'nul',
      'surrogate',
      'reserved',
      null,
    ])
  })
})

describe('origins', () => {
  it('the shares of typed, pasted, drafted and given text are told', () => {
    const spans = [
      { start: 0, end: 2, source: 'human' as const },
      { start: 2, end: 6, source: 'paste' as const },
      { start: 9, end: 99, source: 'model' as const },
    ]
    expect(originShares(10, spans)).toEqual({ human: 0.2, paste: 0.4, model: 0.1, given: expect.closeTo(0.3) })
    expect(originShares(0, spans)).toEqual({ human: 0, paste: 0, model: 0, given: 0 })
  })

  it('typing into a paste cuts it in two', () => {
    const pasted = editContent(draft(message('a', '')), 'a', [{ from: 0, to: 0, inserted: 'abcd' }], PASTE)
    expect(editContent(pasted, 'a', [{ from: 2, to: 2, inserted: 'XY' }], HUMAN).messages[0]?.origins).toEqual([
      { start: 0, end: 2, source: 'paste' },
      { start: 2, end: 4, source: 'human' },
      { start: 4, end: 6, source: 'paste' },
    ])
  })

  it('through any edits, each character keeps the source it came from', () => {
    const edit = fc.record({ from: fc.nat(30), length: fc.nat(6), count: fc.nat(5), isPaste: fc.boolean() })
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 20 }), (edits) => {
        // The text itself says its origin: h typed, p pasted.
        let text = ''
        let spans: ReturnType<typeof tidyOrigins> = []
        for (const each of edits) {
          const from = Math.min(each.from, text.length)
          const to = Math.min(from + each.length, text.length)
          const inserted = (each.isPaste ? 'p' : 'h').repeat(each.count)
          spans = editOrigins(spans, text.length, { from, to, inserted }, each.isPaste ? PASTE : HUMAN)
          text = text.slice(0, from) + inserted + text.slice(to)
        }
        expect(spans.map(({ start, end, source }) => (source === 'paste' ? 'p' : 'h').repeat(end - start)).join('')).toBe(text)
      }),
    )
  })
})

describe('tokens', () => {
  it('join to the text they come from', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'é', '中', ' ', '\n', '\r', '\t', '.', '😀', '\u0301', '_') }), (text) => {
        expect(wordsOf(text).join('')).toBe(text)
        expect(linesOf(text).join('')).toBe(text)
      }),
    )
  })

  it('a Chinese character is a word, a Latin word is one', () => {
    expect(wordsOf('学习hello世界 a1')).toEqual(['学', '习', 'hello', '世', '界', ' ', 'a1'])
  })

  it('one replacement turns a text into another', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const { from, to, inserted } = editBetween(before, after)
        expect(before.slice(0, from) + inserted + before.slice(to)).toBe(after)
      }),
    )
  })
})

it('a text without what cannot be kept can be kept, and has all the rest', () => {
  const part = fc.oneof(fc.constantFrom('\u0000', '\ud83d', '\udc00', '\ue0f1', '😀', 'é', '\r\n'), fc.string({ maxLength: 4 }))
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')),
      (text) => {
        const kept = withoutRefused(text)
        expect(textRefusal(kept)).toBeNull()
        if (textRefusal(text) === null) expect(kept).toBe(text)
      },
    ),
  )
})
