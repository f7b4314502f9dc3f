import type { DraftContent } from '#lib/domain/conversation.ts'
import { newMessageId } from '#lib/domain/draft.ts'
import { type Choice, mergeDrafts, settleCollisions } from '#lib/domain/draft-merge.ts'
import { isSame } from '#lib/domain/same.ts'
import type { DraftRecord } from './draft-record.ts'
import type { DraftSaving } from './draft-saving.ts'
import type { ServerDraft } from './draft-state.ts'
import type { LocalCopies } from './local-copies.ts'

/** Merges text from elsewhere into the document, and asks where both sides changed the same place. */
export class DraftMerging {
  readonly #record: DraftRecord
  readonly #copies: LocalCopies
  readonly #saving: DraftSaving

  constructor(record: DraftRecord, copies: LocalCopies, saving: DraftSaving) {
    this.#record = record
    this.#copies = copies
    this.#saving = saving
  }

  /** Text from elsewhere that this document does not know: merge it, or ask. */
  reconcile(theirs: ServerDraft, base: DraftContent = this.#record.acknowledged, acknowledged: DraftContent = theirs.content): void {
    const merge = mergeDrafts(base, this.#record.document.getContent(), theirs.content)
    if (merge.collisions.length > 0) {
      this.#record.conflict = { base, acknowledged }
      this.#record.set({ kind: 'conflict', theirs, collisions: merge.collisions })
      return
    }
    this.#settle(theirs, merge.content, acknowledged)
  }

  /** Settles collisions by their keys. Those without a choice stay open. */
  resolve(choices: ReadonlyMap<string, Choice>): void {
    const { conflict } = this.#record
    const state = this.#record.getState()
    if (state.kind !== 'conflict' || !conflict) return
    const merge = mergeDrafts(conflict.base, this.#record.document.getContent(), state.theirs.content)
    if (merge.collisions.some((collision) => !choices.has(collision.key))) {
      this.#record.set({ ...state, collisions: merge.collisions })
      return
    }
    this.#settle(state.theirs, settleCollisions(merge, choices, newMessageId), conflict.acknowledged)
  }

  #settle(theirs: ServerDraft, content: DraftContent, acknowledged: DraftContent): void {
    const current = this.#record.document.getContent()
    const next = isSame(content, current) ? current : content
    this.#record.conflict = null
    this.#record.version = theirs.version
    this.#record.acknowledged = isSame(next, acknowledged) ? next : acknowledged
    this.#record.document.adopt(next)
    if (this.#record.isDirty) this.#saving.onMerged()
    else {
      this.#record.set({ kind: 'saved', at: theirs.savedAt })
      if (!this.#copies.hasColliding) this.#saving.dropCopies()
    }
    this.nextCollision()
  }

  /** Shows the next copy of an earlier tab that collides: its text is "mine", what the document holds is "theirs". */
  nextCollision(): void {
    const state = this.#record.getState()
    if (state.kind === 'conflict') return
    const copy = this.#copies.takeColliding()
    if (!copy) return
    const { acknowledged, version, document } = this.#record
    const theirs = { version, savedAt: state.kind === 'saved' ? state.at : Date.now(), content: document.getContent() }
    document.adopt(copy.content)
    this.reconcile(theirs, copy.base, acknowledged)
  }
}
