import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DraftContent, Message } from '#lib/domain/conversation.ts'
import {
  addMessage,
  addToolCall,
  changeRole,
  duplicateMessage,
  editContent,
  HUMAN,
  mergeWithAbove,
  moveMessage,
  PASTE,
  removeMessage,
  setReasoning,
  setTrain,
  splitMessage,
} from '#lib/domain/draft.ts'
import { applyDraftPatch, diffDraft } from '#lib/domain/draft-patch.ts'
import { DraftPatchInput } from '#lib/domain/draft-patch-schema.ts'
import { isSame } from '#lib/domain/same.ts'

const message = (id: string, content: string): Message => ({ id, role: 'user', content, train: false })
const draft = (...texts: string[]): DraftContent => ({ messages: texts.map((text, at) => message(`m${at}`, text)), tools: [] })
/** As it arrives: through JSON and the schema of the API. */
const sent = (patch: unknown) => DraftPatchInput.parse(JSON.parse(JSON.stringify(patch)))

// Characters of two code units that share a half, so that an edit may be tempted to cut them.
const word = fc.constantFrom('a', 'b', '😀', '😁', '🐀', '茶', '\r\n', 'e\u0301', ' ')
const text = fc.array(word, { maxLength: 8 }).map((words) => words.join(''))
const pick = fc.nat(7)
const deed = fc.oneof(
  fc.record({ kind: fc.constant('type' as const), which: pick, at: fc.nat(12), text, paste: fc.boolean() }),
  fc.record({
    kind: fc.constantFrom('add', 'remove', 'up', 'down', 'merge', 'split', 'copy', 'train', 'think', 'call', 'role') as fc.Arbitrary<string>,
    which: pick,
  }),
)

let added = 0
function doIt(content: DraftContent, { which, ...what }: { kind: string; which: number; at?: number; text?: string; paste?: boolean }): DraftContent {
  const id = content.messages[which % Math.max(1, content.messages.length)]?.id ?? ''
  const newId = `n${++added}`
  const length = content.messages.find((each) => each.id === id)?.content.length ?? 0
  const deeds: Record<string, () => DraftContent> = {
    type: () => {
      const from = Math.min(what.at ?? 0, length)
      return editContent(content, id, [{ from, to: Math.min(length, from + 2), inserted: what.text ?? '' }], what.paste ? PASTE : HUMAN)
    },
    add: () => addMessage(content, { id: newId, after: id || null }),
    remove: () => removeMessage(content, id),
    up: () => moveMessage(content, id, -1),
    down: () => moveMessage(content, id, 1),
    merge: () => mergeWithAbove(content, id),
    split: () => splitMessage(content, id, Math.floor(length / 2), newId),
    copy: () => duplicateMessage(content, id, newId),
    train: () => setTrain(content, id, false),
    think: () => setReasoning(content, id, which % 2 ? 'hm' : undefined),
    call: () => addToolCall(content, id, 'search', `call${added}`),
    role: () => changeRole(content, id, 'assistant'),
  }
  return (deeds[what.kind] as () => DraftContent)()
}

const isWhole = ({ messages }: DraftContent) => messages.every(({ content }) => content.isWellFormed())

describe('a patch', () => {
  test('makes of its base, on the other side of the wire, what was written', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), fc.array(deed, { maxLength: 12 }), (texts, deeds) => {
        const base = draft(...texts)
        const next = deeds.reduce((content, each) => {
          const after = doIt(content, each)
          // What the editor refuses at the keystroke is never sent.
          return isWhole(after) ? after : content
        }, base)
        expect(isSame(applyDraftPatch(structuredClone(base), sent(diffDraft(base, next))), next)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test('of one word in a megabyte of 500 turns takes less than two kilobytes', () => {
    const base = draft(...Array.from({ length: 500 }, (_, at) => `${at} `.padEnd(2000, 'lorem ipsum ')))
    const next = editContent(base, 'm250', [{ from: 1000, to: 1000, inserted: ' word' }], HUMAN)
    expect(JSON.stringify(base).length).toBeGreaterThan(1_000_000)
    expect(JSON.stringify(diffDraft(base, next)).length).toBeLessThan(300)
  })

  test('tells tools and reasons that changed, and only then', () => {
    const base = draft('a')
    const reason = { check: 'language', message: 'm0', quote: 'a', reason: 'A name.' }
    expect(diffDraft(base, base)).toEqual({ messages: [{ from: 0, count: 1 }], base: expect.any(String) })
    const next = { ...base, tools: [{ name: 'search', description: '', parameters: '{}' }], acknowledgements: [reason] }
    const there = applyDraftPatch(base, sent(diffDraft(base, next)))
    expect(there).toEqual(next)
    expect(applyDraftPatch(there as DraftContent, sent(diffDraft(next, base)))).toEqual(base)
  })

  test.each([
    ['longer', draft('abc'), draft('abc', 'd')],
    ['shorter', draft('abc', 'd'), draft('abc')],
    ['as long', draft('abc'), draft('abd')],
    ['of other roles', draft('abc'), changeRole(draft('abc'), 'm0', 'assistant')],
  ])('made for another text is not applied: %s', (_what, mine, theirs) => {
    const next = editContent(mine, 'm0', [{ from: 0, to: 0, inserted: 'x' }], HUMAN)
    expect(applyDraftPatch(mine, diffDraft(mine, next))).toEqual(next)
    expect(applyDraftPatch(theirs, diffDraft(mine, next))).toBeNull()
  })
})
