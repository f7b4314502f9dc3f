import type { DraftContent } from '#lib/domain/conversation.ts'
import type { Collision } from '#lib/domain/draft-merge.ts'
import type { ConversationDocument } from './conversation-document.ts'
import type { DraftStorage } from './draft-storage.ts'

/** The draft as the server has it. `savedAt` in milliseconds since 1970. */
export type ServerDraft = { version: number; savedAt: number; content: DraftContent }

/** A text to save, and the one on the server that it continues. */
export type UnsavedDraft = { baseVersion: number; base: DraftContent; content: DraftContent }

/** How a save ended; a promise that rejects would say less. */
export type SaveOutcome =
  | { kind: 'saved'; version: number; savedAt: number }
  | ({ kind: 'stale' } & ServerDraft)
  | { kind: 'offline' }
  | { kind: 'signed-out' }
  | { kind: 'other-person'; name: string }
  | { kind: 'refused'; code: string; message: string }

/** Where the text is, told truthfully. `isKept` says that this device holds what the server does not. */
export type SaveState =
  | { kind: 'saved'; at: number }
  | { kind: 'saving' }
  | { kind: 'offline'; isKept: boolean }
  | { kind: 'signed-out'; isKept: boolean }
  | { kind: 'other-person'; name: string; isKept: boolean }
  | { kind: 'failed'; code: string; message: string; isKept: boolean }
  | { kind: 'conflict'; theirs: ServerDraft; collisions: readonly Collision[] }

export type TabMessage = { kind: 'saved'; from: string; draft: ServerDraft } | { kind: 'closed'; from: string }

/** The other tabs of this browser that show the same conversation. */
export interface TabChannel {
  post(message: TabMessage): void
  listen(listener: (message: TabMessage) => void): () => void
}

export type DraftStoreOptions = {
  conversationId: string
  document: ConversationDocument
  server: ServerDraft
  storage: DraftStorage
  channel: TabChannel
  tabId: string
  save(draft: UnsavedDraft, options: { isLeaving: boolean }): Promise<SaveOutcome>
  /** The text on the server now; null when it could not be had. */
  load(): Promise<ServerDraft | null>
}
