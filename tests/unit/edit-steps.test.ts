import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ConversationDocument } from '#lib/client/conversation-document.ts'
import { StepStore } from '#lib/client/edit-steps.ts'
import type { DraftContent } from '#lib/domain/conversation.ts'
import { addMessage, editContent, HUMAN, moveMessage, removeMessage } from '#lib/domain/draft.ts'
import { draftOf } from '../support/draft-tabs.ts'

/** A tab's storage; it may be full. */
const storageOf = ({ isFull = false } = {}) => {
  const items = new Map<string, string>()
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => {
      if (isFull) throw new Error('QuotaExceededError')
      items.set(key, value)
    },
    removeItem: (key: string) => void items.delete(key),
  }
}

const deed = fc.record({
  kind: fc.constantFrom('type', 'add', 'remove', 'move', 'undo', 'redo'),
  which: fc.nat(5),
  text: fc.constantFrom('a', '茶', '😀😁'),
})
let added = 0
function act(document: ConversationDocument, { kind, which, text }: { kind: string; which: number; text: string }) {
  const ids = document.getIds()
  const id = ids[which % Math.max(1, ids.length)] ?? ''
  const change: Record<string, (content: DraftContent) => DraftContent> = {
    type: (content) => editContent(content, id, [{ from: 0, to: 0, inserted: text }], HUMAN),
    add: (content) => addMessage(content, { id: `n${++added}` }),
    remove: (content) => removeMessage(content, id),
    move: (content) => moveMessage(content, id, 1),
  }
  if (kind === 'undo') document.undo()
  else if (kind === 'redo') document.redo()
  else document.apply(change[kind] as (content: DraftContent) => DraftContent)
}
/** Every content one comes by, going all the way back and all the way forth again. */
function journey(document: ConversationDocument): DraftContent[] {
  const seen: DraftContent[] = []
  while (document.canUndo) {
    document.undo()
    seen.push(document.getContent())
  }
  while (document.canRedo) {
    document.redo()
    seen.push(document.getContent())
  }
  return seen
}
const reloaded = (document: ConversationDocument) => new ConversationDocument(JSON.parse(JSON.stringify(document.getContent())))

describe('the history of a text', () => {
  test('is the same after a reload', () => {
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 20 }), (deeds) => {
        const before = new ConversationDocument(draftOf('one', 'two'))
        for (const each of deeds) act(before, each)
        const store = new StepStore('c', storageOf())
        store.keep(before)
        const after = reloaded(before)
        store.restore(after)
        expect(JSON.parse(JSON.stringify(journey(after)))).toEqual(JSON.parse(JSON.stringify(journey(before))))
      }),
    )
  })

  test('belongs to this very text: another has none of it', () => {
    const document = new ConversationDocument(draftOf('one'))
    act(document, { kind: 'type', which: 0, text: 'a' })
    const store = new StepStore('c', storageOf())
    store.keep(document)
    const other = new ConversationDocument(draftOf('bone'))
    store.restore(other)
    expect(other.canUndo).toBe(false)
  })

  test('of more than is kept has its nearest steps', () => {
    const document = new ConversationDocument(draftOf(''))
    for (let step = 0; step < 300; step++) act(document, { kind: 'type', which: 0, text: 'a' })
    const store = new StepStore('c', storageOf())
    store.keep(document)
    const after = reloaded(document)
    store.restore(after)
    let steps = 0
    while (after.undo()) steps++
    expect(steps).toBe(200)
    expect(after.getMessage('m0')?.content).toHaveLength(100)
  })

  test('is given up where the tab cannot keep it, or keeps something else', () => {
    const document = new ConversationDocument(draftOf('one'))
    act(document, { kind: 'type', which: 0, text: 'a' })
    expect(() => new StepStore('c', storageOf({ isFull: true })).keep(document)).not.toThrow()
    const storage = storageOf()
    storage.items.set('exemplar-steps', '{"undo":')
    expect(() => new StepStore('c', storage).restore(document)).not.toThrow()
    expect(storage.items.size).toBe(0)
    expect(document.canUndo).toBe(true)
  })
})
