import type { DraftPatch } from '#lib/domain/draft-patch.ts'
import { fingerprintOf } from '#lib/domain/fingerprint.ts'
import type { ConversationDocument } from './conversation-document.ts'

/** Steps that can be undone and done again, each as what it changes in the text before it; the nearest first. */
export type EditSteps = { undo: DraftPatch[]; redo: DraftPatch[] }

/** More would cost more than it helps, and a tab's storage holds five million characters of all its pages. */
const MOST_STEPS = 200
const MOST_CHARACTERS = 1_000_000

type Kept = EditSteps & { of: string; fingerprint: string }

/** One place a tab, for the text written last: the history of every text one passes by would soon fill it. */
const PLACE = 'exemplar-steps'

/** The steps that fit, the nearest ones first. */
function within(steps: DraftPatch[]): DraftPatch[] {
  let held = 0
  return steps.filter((step) => {
    held += JSON.stringify(step).length
    return held <= MOST_CHARACTERS
  })
}

/** Keeps the history of a text in a tab, over reloads. It is given back only to the very text it belongs to. */
export class StepStore {
  readonly #of: string
  readonly #storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

  /** `of`: whose text, and of which conversation. */
  constructor(of: string, storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>) {
    this.#of = of
    this.#storage = storage
  }

  keep(document: ConversationDocument): void {
    const { undo, redo } = document.getSteps(MOST_STEPS)
    const kept: Kept = { of: this.#of, fingerprint: fingerprintOf(document.getContent()), undo: within(undo), redo: within(redo) }
    try {
      this.#storage.setItem(PLACE, JSON.stringify(kept))
    } catch {
      // A full or forbidden storage costs the history, never the text.
      this.drop()
    }
  }

  restore(document: ConversationDocument): void {
    try {
      const kept = JSON.parse(this.#storage.getItem(PLACE) ?? 'null') as Kept | null
      if (kept?.of === this.#of && kept.fingerprint === fingerprintOf(document.getContent())) document.restoreSteps(kept)
    } catch {
      this.drop()
    }
  }

  drop(): void {
    try {
      this.#storage.removeItem(PLACE)
    } catch {}
  }
}
