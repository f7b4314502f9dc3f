import type { DraftContent } from '#lib/domain/conversation.ts'
import { mergeDrafts } from '#lib/domain/draft-merge.ts'
import type { DraftStorage, LocalCopy } from './draft-storage.ts'

/** The copies of one conversation's text on this device: this tab's own, and what tabs that ended before their text was saved left. */
export class LocalCopies {
  readonly #storage: DraftStorage
  readonly #conversationId: string
  readonly #tabId: string
  /** Left copies whose text is part of the document now; they go when the server has it. */
  #absorbed: LocalCopy[] = []
  /** Left copies that collide with the text; a person settles one after the other. */
  #colliding: LocalCopy[] = []

  constructor(storage: DraftStorage, conversationId: string, tabId: string) {
    this.#storage = storage
    this.#conversationId = conversationId
    this.#tabId = tabId
  }

  /** Merges what was left on this device into `content`, oldest first; what collides is kept for `takeColliding`. */
  async absorb(content: DraftContent): Promise<DraftContent> {
    const copies = await this.#storage.list(this.#conversationId).catch(() => [])
    let merged = content
    for (const copy of copies.toSorted((a, b) => a.savedAt - b.savedAt)) {
      const merge = mergeDrafts(copy.base, copy.content, merged)
      if (merge.collisions.length > 0) this.#colliding.push(copy)
      else {
        this.#absorbed.push(copy)
        merged = merge.content
      }
    }
    return merged
  }

  get hasColliding(): boolean {
    return this.#colliding.length > 0
  }

  /** The next copy that collides; its text counts as part of the document from now on. */
  takeColliding(): LocalCopy | null {
    const copy = this.#colliding.shift() ?? null
    if (copy) this.#absorbed.push(copy)
    return copy
  }

  /** Keeps this tab's text. False when the device refuses. */
  async keep(copy: Pick<LocalCopy, 'baseVersion' | 'base' | 'content'>): Promise<boolean> {
    return this.#storage.put({ ...copy, conversationId: this.#conversationId, tabId: this.#tabId, savedAt: Date.now() }).then(
      () => true,
      () => false,
    )
  }

  /** The server has the text: this tab's copy and the absorbed ones go. */
  drop(): void {
    const tabs = [this.#tabId, ...this.#absorbed.map((copy) => copy.tabId)]
    this.#absorbed = []
    for (const tab of tabs) void this.#storage.delete(this.#conversationId, tab).catch(() => undefined)
  }

  /** The conversation is no draft any more: every copy of it goes. */
  async dropAll(): Promise<void> {
    const copies = await this.#storage.list(this.#conversationId).catch(() => [])
    await Promise.all(copies.map((copy) => this.#storage.delete(this.#conversationId, copy.tabId).catch(() => undefined)))
  }
}
