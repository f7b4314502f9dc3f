import { ConversationDocument } from '#lib/client/conversation-document.ts'
import type { SaveOutcome, ServerDraft, TabMessage, UnsavedDraft } from '#lib/client/draft-state.ts'
import type { DraftStorage, LocalCopy } from '#lib/client/draft-storage.ts'
import { DraftStore } from '#lib/client/draft-store.ts'
import type { DraftContent, Message } from '#lib/domain/conversation.ts'
import { editContent, HUMAN } from '#lib/domain/draft.ts'
import { applyDraftPatch, diffDraft } from '#lib/domain/draft-patch.ts'

/** A draft of user turns. */
export const draftOf = (...texts: string[]): DraftContent => ({
  messages: texts.map((content, index): Message => ({ id: `m${index}`, role: 'user', content, train: false })),
  tools: [],
})
/** The texts of all messages, in one line. */
export const textOf = (content: DraftContent) => content.messages.map((message) => message.content).join('|')

/** A server with one draft, as saveDraft behaves; it can be cut off, slow, or forget the person. */
export class Server {
  draft: ServerDraft
  isReachable = true
  isSignedIn = true
  /** Who has signed in on this device instead of the author. */
  otherPerson: string | null = null
  /** The text arrives, its answer does not. */
  losesAnswers = false
  delay = 0
  saves = 0

  constructor(content: DraftContent) {
    this.draft = { version: 0, savedAt: 0, content }
  }

  async save({ baseVersion, base, content }: UnsavedDraft): Promise<SaveOutcome> {
    await new Promise((resolve) => setTimeout(resolve, this.delay))
    if (!this.isReachable) return { kind: 'offline' }
    if (!this.isSignedIn) return { kind: 'signed-out' }
    if (this.otherPerson !== null) return { kind: 'other-person', name: this.otherPerson }
    this.saves++
    if (baseVersion !== this.draft.version) return { kind: 'stale', ...structuredClone(this.draft) }
    // As on the way to the real one: what changed is sent, and put into the text that is there.
    const patched = applyDraftPatch(this.draft.content, JSON.parse(JSON.stringify(diffDraft(base, content))))
    if (!patched) throw new Error('the patch was made for another text')
    this.draft = { version: baseVersion + 1, savedAt: Date.now(), content: patched }
    return this.losesAnswers ? { kind: 'offline' } : { kind: 'saved', version: this.draft.version, savedAt: this.draft.savedAt }
  }

  async load(): Promise<ServerDraft | null> {
    return this.isReachable ? structuredClone(this.draft) : null
  }
}

/** A browser's storage. */
export class Device implements DraftStorage {
  copies = new Map<string, LocalCopy>()
  isFull = false
  async put(copy: LocalCopy) {
    if (this.isFull) throw new Error('QuotaExceededError')
    this.copies.set(copy.tabId, structuredClone(copy))
  }
  async list() {
    return structuredClone([...this.copies.values()])
  }
  async delete(_conversationId: string, tabId: string) {
    this.copies.delete(tabId)
  }
}

/** The channel between tabs of one browser. */
export class Tabs {
  listeners = new Set<(message: TabMessage) => void>()
  post = (message: TabMessage) => {
    for (const listener of [...this.listeners]) listener(structuredClone(message))
  }
  listen = (listener: (message: TabMessage) => void) => {
    this.listeners.add(listener)
    return () => void this.listeners.delete(listener)
  }
}

let tabs = 0
/** A tab that shows the conversation, with somebody typing in it. */
export async function openTab(server: Server, device: Device, channel = new Tabs()) {
  const draft = structuredClone(server.draft)
  const document = new ConversationDocument(draft.content)
  const store = new DraftStore({
    conversationId: 'c',
    document,
    server: draft,
    storage: device,
    channel,
    tabId: `tab${++tabs}`,
    save: (input) => server.save(input),
    load: () => server.load(),
  })
  await store.open()
  const type = (id: string, text: string, at?: number) => {
    const place = at ?? document.getMessage(id)?.content.length ?? 0
    document.apply((content) => editContent(content, id, [{ from: place, to: place, inserted: text }], HUMAN), { key: id })
  }
  return { document, store, type }
}
