import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DraftContent, type Message } from '#lib/domain/conversation.ts'
import {
  addMessage,
  addToolCall,
  changeRole,
  editContent,
  HUMAN,
  moveMessage,
  PASTE,
  removeMessage,
  removeToolCall,
  setReasoning,
  setTrain,
  splitMessage,
  updateToolCall,
} from '#lib/domain/draft.ts'
import { type Collision, mergeDrafts, settleCollision } from '#lib/domain/draft-merge.ts'
import { tidyOrigins } from '#lib/domain/origin.ts'
import { mergeText } from '#lib/domain/text-merge.ts'
import { wordsOf } from '#lib/domain/text-tokens.ts'
import { ROLES } from '#lib/domain/turns.ts'

const message = (id: string, content: string, more: Partial<Message> = {}): Message => ({ id, role: 'user', content, train: false, ...more })
const _draft = (...messages: Message[]): DraftContent => ({ messages, tools: [] })
const ids = (content: DraftContent) => content.messages.map((each) => each.id)

// A word that only one side can have written tells whether that side's text survived.
const TEXT_EDITS = ['insert', 'replace', 'append', 'message', 'remove', 'move', 'reason', 'split'] as const
const OTHER_EDITS = ['role', 'train', 'call', 'arguments', 'uncall', 'tool', 'describe'] as const
type Edit = { at: number; at2: number; kind: (typeof TEXT_EDITS)[number] | (typeof OTHER_EDITS)[number] }
const anEdit: fc.Arbitrary<Edit> = fc.record({ at: fc.nat(50), at2: fc.nat(50), kind: fc.constantFrom(...TEXT_EDITS, ...OTHER_EDITS) })

/** Changes beside the text: roles, training, calls and tools. */
function applyOther(content: DraftContent, { at2, kind }: Edit, target: Message, word: string): DraftContent {
  const call = at2 % Math.max(1, target.toolCalls?.length ?? 0)
  if (kind === 'role') return changeRole(content, target.id, ROLES[at2 % ROLES.length] ?? 'user')
  if (kind === 'train') return setTrain(content, target.id, !target.train)
  if (kind === 'call') return addToolCall(content, target.id, word)
  if (kind === 'arguments' && target.toolCalls) return updateToolCall(content, target.id, call, { arguments: `{"q": "${word}"}` })
  if (kind === 'uncall' && target.toolCalls) return removeToolCall(content, target.id, call)
  if (kind === 'tool')
    return { ...content, tools: [...content.tools, { name: `tool_${at2 % 3}_${content.tools.length}`, description: word, parameters: '{}' }] }
  if (kind === 'describe')
    return { ...content, tools: content.tools.map((tool, index) => (index === at2 % content.tools.length ? { ...tool, description: word } : tool)) }
  return content
}

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
    content = applyOther(content, edit, target, word)
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

const textsOf = ({ messages, tools }: DraftContent): string[] =>
  [
    ...messages.flatMap((each) => [each.content, each.reasoning ?? '', ...(each.toolCalls ?? []).flatMap((call) => [call.name, call.arguments])]),
    ...tools.flatMap((tool) => [tool.description, tool.parameters]),
  ].flatMap(wordsOf)
const textsOfCollision = ({ kind, mine, theirs }: Collision): string[] => {
  const sides = [mine, theirs].filter((side) => side !== null)
  return textsOf(kind === 'message' ? { messages: sides as Message[], tools: [] } : { messages: [], tools: sides as DraftContent['tools'] })
}

const BASE: DraftContent = {
  messages: [
    message('a', 'The quick brown fox jumps.\nOver the lazy dog it goes,\nand then it sleeps.'),
    message('b', '学习中文很有意思。\r\n每天学一点。', {
      role: 'assistant',
      train: true,
      reasoning: 'think first',
      toolCalls: [{ id: 'call_base', name: 'search', arguments: '{"q": "fox"}' }],
    }),
    message('c', ''),
  ],
  tools: [{ name: 'search', description: 'Finds pages', parameters: '{}' }],
}

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

  it('a role or a training mark that one side changed is changed in the merge', () => {
    fc.assert(
      fc.property(fc.array(anEdit, { maxLength: 6 }), fc.array(anEdit, { maxLength: 6 }), (mineEdits, theirsEdits) => {
        const [mine, theirs] = [applyEdits(BASE, mineEdits, 'mine'), applyEdits(BASE, theirsEdits, 'theirs')]
        const { content, collisions } = mergeDrafts(BASE, mine, theirs)
        const find = (side: DraftContent, id: string) => side.messages.find((each) => each.id === id)
        for (const base of BASE.messages) {
          const [a, b, merged] = [find(mine, base.id), find(theirs, base.id), find(content, base.id)]
          if (!a || !b || !merged || collisions.some((collision) => collision.key === base.id)) continue
          for (const field of ['role', 'train'] as const) expect(merged[field]).toBe(a[field] === base[field] ? b[field] : a[field])
        }
      }),
    )
  })

  it('calls that both sides added are two calls; under one id they collide', () => {
    const [mine, theirs] = [addToolCall(BASE, 'b', 'mine'), addToolCall(BASE, 'b', 'theirs')]
    const merge = mergeDrafts(BASE, mine, theirs)
    expect(merge.collisions).toEqual([])
    expect(merge.content.messages[1]?.toolCalls?.map((call) => call.name).toSorted()).toEqual(['mine', 'search', 'theirs'])
    const same = mergeDrafts(BASE, addToolCall(BASE, 'b', 'mine', 'call_1'), addToolCall(BASE, 'b', 'theirs', 'call_1'))
    expect(same.collisions).toMatchObject([{ kind: 'message', key: 'b' }])
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
