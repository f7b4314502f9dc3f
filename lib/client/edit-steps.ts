import type { DraftContent } from '#lib/domain/conversation.ts'
import type { DraftPatch } from '#lib/domain/draft-patch.ts'
import type { ConversationDocument } from './conversation-document.ts'

/** Steps that can be undone and done again, each as what it changes in the text before it; the nearest first. */
export type EditSteps = { undo: DraftPatch[]; redo: DraftPatch[] }

/** More would cost more than it helps, and a tab's storage holds five million characters of all its pages. */
const MOST_STEPS = 200
const MOST_CHARACTERS = 1_000_000

type Kept = EditSteps & { fingerprint: string }

/** Two contents that say the same have the same; others almost surely not (FNV-1a, twice 32 bits). */
function fingerprintOf({ messages, tools }: DraftContent): string {
  const texts = messages.map(({ id, role, content, reasoning, toolCalls, toolCallId, name, train }) =>
    JSON.stringify([id, role, content, reasoning, toolCalls?.map((call) => [call.id, call.name, call.arguments]), toolCallId, name, train]),
  )
  let [a, b] = [0x811c9dc5, 0x01000193]
  for (const text of [...texts, JSON.stringify(tools.map(({ name, parameters }) => [name, parameters]))]) {
    for (let at = 0; at < text.length; at++) {
      a = Math.imul(a ^ text.charCodeAt(at), 0x01000193)
      b = Math.imul(b ^ text.charCodeAt(at), 0x85ebca6b)
    }
  }
  return `${a >>> 0}-${b >>> 0}`
}

/** The steps that fit, the nearest ones first. */
function within(steps: DraftPatch[]): DraftPatch[] {
  let held = 0
  return steps.filter((step) => {
    held += JSON.stringify(step).length
    return held <= MOST_CHARACTERS
  })
}

/** Keeps the history of one text in a tab, over reloads. It is given back only to the very text it belongs to. */
export class StepStore {
  readonly #key: string
  readonly #storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

  constructor(key: string, storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>) {
    this.#key = `exemplar-steps-${key}`
    this.#storage = storage
  }

  keep(document: ConversationDocument): void {
    const { undo, redo } = document.getSteps(MOST_STEPS)
    const kept: Kept = { fingerprint: fingerprintOf(document.getContent()), undo: within(undo), redo: within(redo) }
    try {
      this.#storage.setItem(this.#key, JSON.stringify(kept))
    } catch {
      // A full or forbidden storage costs the history, never the text.
      this.drop()
    }
  }

  restore(document: ConversationDocument): void {
    try {
      const kept = JSON.parse(this.#storage.getItem(this.#key) ?? 'null') as Kept | null
      if (kept?.fingerprint === fingerprintOf(document.getContent())) document.restoreSteps(kept)
    } catch {
      this.drop()
    }
  }

  drop(): void {
    try {
      this.#storage.removeItem(this.#key)
    } catch {}
  }
}
