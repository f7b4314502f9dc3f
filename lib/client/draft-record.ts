import type { DraftContent } from '#lib/domain/conversation.ts'
import type { ConversationDocument } from './conversation-document.ts'
import type { SaveState, ServerDraft } from './draft-state.ts'

/** One draft while it is written: the text, what the server has of it, and where the text is told to be. Saving and merging share it. */
export class DraftRecord {
  readonly document: ConversationDocument
  readonly #listeners = new Set<() => void>()
  /** The text on the server as far as this tab knows, and its version. */
  acknowledged: DraftContent
  version: number
  /** What both sides of a conflict continue, and what of it the server has. */
  conflict: { base: DraftContent; acknowledged: DraftContent } | null = null
  /** The text is being submitted: no further saves. */
  isHeld = false
  isClosed = false
  #state: SaveState

  constructor(document: ConversationDocument, server: ServerDraft) {
    this.document = document
    this.acknowledged = server.content
    this.version = server.version
    this.#state = { kind: 'saved', at: server.savedAt }
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  readonly getState = (): SaveState => this.#state

  set(state: SaveState): void {
    this.#state = state
    for (const listener of this.#listeners) listener()
  }

  /** Is there text the server has not acknowledged? */
  get isDirty(): boolean {
    return this.document.getContent() !== this.acknowledged
  }
}
