import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { DraftContent } from '#lib/domain/conversation.ts'

/** What one tab wrote and the server has not acknowledged yet, with the text on the server it continues. */
export type LocalCopy = {
  /** The tab that wrote it: two tabs never overwrite each other's copy. */
  tabId: string
  conversationId: string
  baseVersion: number
  base: DraftContent
  content: DraftContent
  savedAt: number
}

/** Where drafts are kept on this device. */
export interface DraftStorage {
  put(copy: LocalCopy): Promise<void>
  list(conversationId: string): Promise<LocalCopy[]>
  delete(conversationId: string, tabId: string): Promise<void>
}

interface Schema extends DBSchema {
  copies: { key: [string, string]; value: LocalCopy; indexes: { conversation: string } }
}

let opening: Promise<IDBPDatabase<Schema>> | null = null

function open(): Promise<IDBPDatabase<Schema>> {
  opening ??= openDB<Schema>('exemplar-drafts', 1, {
    upgrade: (db) => void db.createObjectStore('copies', { keyPath: ['conversationId', 'tabId'] }).createIndex('conversation', 'conversationId'),
    // A newer version of the product in another tab wants to change the database: make way, and open it again at the next save.
    blocking: (_current, _wanted, event) => {
      opening = null
      ;(event.target as IDBDatabase).close()
    },
    terminated: () => {
      opening = null
    },
  }).catch((error) => {
    opening = null
    throw error
  })
  return opening
}

/** IndexedDB, one record a conversation and tab. Rejects when the browser refuses (private mode, full disk). */
export const indexedDbStorage: DraftStorage = {
  put: async (copy) => void (await (await open()).put('copies', copy)),
  list: async (conversationId) => (await open()).getAllFromIndex('copies', 'conversation', conversationId),
  delete: async (conversationId, tabId) => (await open()).delete('copies', [conversationId, tabId]),
}
