import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DraftContent, type Message } from '#lib/domain/conversation.ts'
import {
  addMessage,
  addToolCall,
  changeRole,
  duplicateMessage,
  editContent,
  HUMAN,
  mergeWithAbove,
  moveMessage,
  nextRole,
  PASTE,
  removeMessage,
  setReasoning,
  splitMessage,
  textRefusal,
} from '#lib/domain/draft.ts'
import { type Collision, mergeDrafts, settleCollision } from '#lib/domain/draft-merge.ts'
import { editBetween, editOrigins, tidyOrigins } from '#lib/domain/origin.ts'
import { mergeText } from '#lib/domain/text-merge.ts'
import { linesOf, wordsOf } from '#lib/domain/text-tokens.ts'

const message = (id: string, content: string, more: Partial<Message> = {}): Message => ({ id, role: 'user', content, train: false, ...more })
const draft = (...messages: Message[]): DraftContent => ({ messages, tools: [] })
const ids = (content: DraftContent) => content.messages.map((each) => each.id)

describe('editing a draft', () => {
  it('the role that follows a call is its result, then the answer', () => {
    let content = addMessage(draft(), { id: 'a' })
    expect(content.messages[0]?.role).toBe('user')
    content = addToolCall(addMessage(content, { id: 'b' }), 'b', 'python')
    expect(nextRole(content.messages)).toBe('tool')
    content = addMessage(content, { id: 'c' })
    expect(content.messages[2]).toMatchObject({ role: 'tool', toolCallId: 'call_1', name: 'python', train: false })
    expect(nextRole(content.messages)).toBe('assistant')
    expect(addMessage(content, { id: 'd' }).messages[3]).toMatchObject({ role: 'assistant', train: true })
  })

  it('two calls get two results before the answer', () => {
    let content = addToolCall(addToolCall(draft(message('a', 'x', { role: 'assistant' })), 'a', 'one'), 'a', 'two')
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
    expect(content.messages[1]?.toolCalls?.[0]?.id).toBe('call_2')
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

// A word that only one side can have written tells whether that side's text survived.
type Edit = { at: number; at2: number; kind: 'insert' | 'replace' | 'append' | 'message' | 'remove' | 'move' | 'reason' | 'split' }
const anEdit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(50),
  at2: fc.nat(50),
  kind: fc.constantFrom('insert', 'replace', 'append', 'message', 'remove', 'move', 'reason', 'split'),
})

function applyEdits(base: DraftContent, edits: readonly Edit[], mark: string): DraftContent {
  let content = base
  for (const [number, edit] of edits.entries()) {
    const target = content.messages[edit.at % Math.max(1, content.messages.length)]
    const word = `${mark}${number}`
    if (!target || edit.kind === 'message') {
      content = addMessage(content, { id: `${mark}-${number}`, after: target?.id ?? null, role: 'user' })
      content = editContent(content, `${mark}-${number}`, [{ from: 0, to: 0, inserted: word }], HUMAN)
      continue
    }
    const words = wordsOf(target.content)
    const start = words.slice(0, edit.at2 % (words.length + 1)).join('').length
    const next = words[edit.at2 % (words.length + 1)] ?? ''
    if (edit.kind === 'insert') content = editContent(content, target.id, [{ from: start, to: start, inserted: ` ${word} ` }], HUMAN)
    if (edit.kind === 'replace') content = editContent(content, target.id, [{ from: start, to: start + next.length, inserted: ` ${word} ` }], PASTE)
    if (edit.kind === 'append')
      content = editContent(content, target.id, [{ from: target.content.length, to: target.content.length, inserted: `\n${word}` }], HUMAN)
    if (edit.kind === 'remove') content = removeMessage(content, target.id)
    if (edit.kind === 'move') content = moveMessage(content, target.id, (edit.at2 % 5) - 2)
    if (edit.kind === 'reason') content = setReasoning(content, target.id, `${target.reasoning ?? ''} ${word}`)
    if (edit.kind === 'split') content = splitMessage(content, target.id, start, `${mark}-s${number}`)
  }
  return content
}

const textsOf = (content: DraftContent): string[] => content.messages.flatMap((each) => [...wordsOf(each.content), ...wordsOf(each.reasoning ?? '')])
const textsOfCollision = (collision: Collision): string[] =>
  textsOf({ messages: [collision.mine, collision.theirs].filter((side) => side !== null) as Message[], tools: [] })

const BASE = draft(
  message('a', 'The quick brown fox jumps.\nOver the lazy dog it goes,\nand then it sleeps.'),
  message('b', '学习中文很有意思。\r\n每天学一点。', { role: 'assistant', train: true, reasoning: 'think first' }),
  message('c', ''),
)

describe('merging drafts', () => {
  it('every word either side wrote is in the merge or in a collision', () => {
    fc.assert(
      fc.property(fc.array(anEdit, { maxLength: 8 }), fc.array(anEdit, { maxLength: 8 }), (mineEdits, theirsEdits) => {
        const [mine, theirs] = [applyEdits(BASE, mineEdits, 'mine'), applyEdits(BASE, theirsEdits, 'theirs')]
        const merge = mergeDrafts(BASE, mine, theirs)
        const kept = new Set([...textsOf(merge.content), ...merge.collisions.flatMap(textsOfCollision)])
        for (const word of [...textsOf(mine), ...textsOf(theirs)]) if (/^(mine|theirs)\d/.test(word)) expect(kept).toContain(word)
        DraftContent.parse(merge.content)
        expect(new Set(ids(merge.content)).size).toBe(merge.content.messages.length)
      }),
      { numRuns: 500 },
    )
  })

  it('origins of a merge lie inside the text, in order and joined', () => {
    fc.assert(
      fc.property(fc.array(anEdit, { maxLength: 4 }), fc.array(anEdit, { maxLength: 4 }), (mineEdits, theirsEdits) => {
        const merge = mergeDrafts(BASE, applyEdits(BASE, mineEdits, 'mine'), applyEdits(BASE, theirsEdits, 'theirs'))
        for (const each of merge.content.messages) {
          for (const { start, end } of each.origins ?? []) expect(start < end && end <= each.content.length).toBe(true)
          expect(tidyOrigins(each.origins ?? [])).toEqual(each.origins ?? [])
        }
      }),
    )
  })

  it('the same text on both sides, or a change on one side only, never collides', () => {
    fc.assert(
      fc.property(fc.array(anEdit, { maxLength: 8 }), (edits) => {
        const mine = applyEdits(BASE, edits, 'mine')
        for (const merge of [mergeDrafts(BASE, mine, mine), mergeDrafts(BASE, mine, BASE), mergeDrafts(BASE, BASE, mine)])
          expect(merge).toEqual({ content: mine, collisions: [] })
      }),
    )
  })

  it('changes in different messages, and in different places of one line, go together', () => {
    const mine = editContent(BASE, 'a', [{ from: 4, to: 9, inserted: 'slow' }], HUMAN)
    const theirs = editContent(
      editContent(BASE, 'a', [{ from: 20, to: 25, inserted: 'leaps' }], HUMAN),
      'c',
      [{ from: 0, to: 0, inserted: 'new' }],
      HUMAN,
    )
    const merge = mergeDrafts(BASE, mine, theirs)
    expect(merge.collisions).toEqual([])
    expect(merge.content.messages[0]?.content.split('\n')[0]).toBe('The slow brown fox leaps.')
    expect(merge.content.messages[2]?.content).toBe('new')
  })

  it('the same word changed twice collides and shows both', () => {
    const mine = editContent(BASE, 'a', [{ from: 4, to: 9, inserted: 'slow' }], HUMAN)
    const theirs = editContent(BASE, 'a', [{ from: 4, to: 9, inserted: 'sly' }], HUMAN)
    const merge = mergeDrafts(BASE, mine, theirs)
    expect(merge.collisions).toMatchObject([{ kind: 'message', key: 'a' }])
    const [collision] = merge.collisions
    if (!collision) throw new Error('no collision')
    expect(settleCollision(merge.content, collision, 'theirs', 'x').messages[0]?.content).toContain('sly')
    expect(settleCollision(merge.content, collision, 'mine', 'x').messages[0]?.content).toContain('slow')
    expect(ids(settleCollision(merge.content, collision, 'both', 'x'))).toEqual(['a', 'x', 'b', 'c'])
  })

  it('where one side only typed further than the other, the further text is taken and nothing collides', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), fc.string({ maxLength: 20 }), fc.boolean(), (typed, more, mineIsFurther) => {
        const grow = (text: string) => editContent(BASE, 'a', [{ from: 25, to: 25, inserted: text }], HUMAN)
        const [near, far] = [grow(typed), grow(typed + more)]
        const merge = mineIsFurther ? mergeDrafts(BASE, far, near) : mergeDrafts(BASE, near, far)
        expect(merge.collisions).toEqual([])
        expect(merge.content.messages[0]?.content).toBe(far.messages[0]?.content)
      }),
    )
  })

  it('a message deleted on one side and changed on the other collides', () => {
    const merge = mergeDrafts(BASE, removeMessage(BASE, 'a'), editContent(BASE, 'a', [{ from: 0, to: 0, inserted: 'Look: ' }], HUMAN))
    expect(merge.collisions).toMatchObject([{ key: 'a', mine: null }])
    expect(merge.content.messages[0]?.content).toContain('Look')
  })

  it('a merge of texts keeps line endings as they are', () => {
    expect(mergeText({ text: 'a\r\nb\rc\n' }, { text: 'a1\r\nb\rc\n' }, { text: 'a\r\nb\rc\nd' })?.text).toBe('a1\r\nb\rc\nd')
  })
})
