import type { DraftContent } from '#lib/domain/conversation.ts'
import type { Choice } from '#lib/domain/draft-merge.ts'
import { isSame } from '#lib/domain/same.ts'
import { DraftMerging } from './draft-merging.ts'
import { DraftRecord } from './draft-record.ts'
import { DraftSaving } from './draft-saving.ts'
import type { DraftStoreOptions, SaveState, ServerDraft } from './draft-state.ts'
import { LocalCopies } from './local-copies.ts'

/** Saves in a row that may each find a newer text to merge before a flush gives up. */
const MOST_MERGES = 3

/**
 * Keeps one conversation's text safe: on this device within a second, on the server within three, merged with what other
 * tabs and devices wrote. The copy on this device goes only when the server has acknowledged the same text.
 */
export class DraftStore {
  readonly #options: DraftStoreOptions
  readonly #undoSubscriptions: (() => void)[] = []
  readonly #record: DraftRecord
  readonly #copies: LocalCopies
  readonly #saving: DraftSaving
  readonly #merging: DraftMerging
  readonly subscribe: (listener: () => void) => () => void
  readonly getState: () => SaveState

  constructor(options: DraftStoreOptions) {
    this.#options = options
    this.#record = new DraftRecord(options.document, options.server)
    this.#copies = new LocalCopies(options.storage, options.conversationId, options.tabId)
    this.#saving = new DraftSaving(this.#record, this.#copies, options, (theirs) => this.reconcile(theirs))
    this.#merging = new DraftMerging(this.#record, this.#copies, this.#saving)
    this.subscribe = this.#record.subscribe
    this.getState = this.#record.getState
  }

  /** Is there text the server has not acknowledged? */
  get isDirty(): boolean {
    return this.#record.isDirty
  }

  /** Is the text no draft any more? */
  get isClosed(): boolean {
    return this.#record.isClosed
  }

  /** The version on the server that this text continues. */
  get version(): number {
    return this.#record.version
  }

  /** Dirty text that this device could not keep either: leaving now would lose it. */
  get isAtRisk(): boolean {
    return this.isDirty && !this.#saving.isKept
  }

  /** Takes in what earlier tabs left on this device, then starts to watch the document. */
  async open(): Promise<void> {
    const { channel, tabId, document } = this.#options
    const content = await this.#copies.absorb(document.getContent())
    // What only this device had is no news to the server when it is the same text.
    if (!isSame(content, this.#record.acknowledged)) document.adopt(content)
    this.#undoSubscriptions.push(
      document.subscribe(this.#saving.onEdit),
      channel.listen((message) => {
        if (message.from === tabId) return
        if (message.kind === 'closed') this.#closedElsewhere()
        else this.#onSavedElsewhere(message.draft)
      }),
    )
    if (this.isDirty) this.#saving.onEdit()
    else if (!this.#copies.hasColliding) this.#saving.dropCopies()
    this.#merging.nextCollision()
  }

  /** Stops watching; what is unsaved has been sent and kept as far as that was possible. */
  close(): void {
    this.leave()
    this.#stop()
  }

  /** The page may be gone in a moment: keep and send now. */
  leave(): void {
    if (!this.isDirty || this.#record.isClosed) return
    void this.#saving.keep()
    if (this.#saving.maySend && !this.#saving.sending) void this.#saving.send({ isLeaving: true })
  }

  /** The network is back, somebody signed in again, the page is looked at again: save at once, or see what is newer on the server. */
  wake(): void {
    if (this.#record.isClosed) return
    if (this.isDirty) this.#saving.wake()
    else void this.#options.load().then((newest) => newest && this.#onSavedElsewhere(newest))
  }

  /** Freezes the text, holds further saves and waits for the one under way: what to submit, and on which version. */
  async hold(): Promise<{ baseVersion: number; content: DraftContent }> {
    const { document } = this.#options
    this.#record.isHeld = true
    document.freeze()
    await this.#saving.keep()
    await this.#saving.sending
    return { baseVersion: this.version, content: document.getContent() }
  }

  /** What the text was frozen for did not go through: go on writing and saving. */
  release(): void {
    this.#record.isHeld = false
    this.#options.document.thaw()
    if (this.isDirty) this.#saving.soon()
  }

  /** The submission met a newer text: merge it, or ask. Says whether what was to be submitted still stands as it was. */
  meet(theirs: ServerDraft): boolean {
    const { document } = this.#options
    const sent = document.getContent()
    this.release()
    this.reconcile(theirs)
    return this.getState().kind !== 'conflict' && isSame(sent, document.getContent())
  }

  /** Freezes the text and saves what is unsaved, before the work is given away. When that cannot be, says so and goes on writing. */
  async flush(): Promise<boolean> {
    const { document } = this.#options
    document.freeze()
    await this.#saving.sending
    for (let round = 0; round < MOST_MERGES && this.#saving.maySend && (round === 0 || this.getState().kind === 'saving'); round++) {
      await this.#saving.send()
    }
    const isSaved = !this.isDirty && this.getState().kind !== 'conflict'
    if (!isSaved) document.thaw()
    return isSaved
  }

  /** The text is a revision now: nothing of it stays on this device. */
  async finish(): Promise<void> {
    const { channel, tabId } = this.#options
    this.#stop()
    channel.post({ kind: 'closed', from: tabId })
    await this.#copies.dropAll()
  }

  /** Text from elsewhere that this document does not know: merge it, or ask. */
  reconcile(theirs: ServerDraft): void {
    this.#merging.reconcile(theirs)
  }

  /** Settles collisions by their keys. Those without a choice stay open. */
  resolve(choices: ReadonlyMap<string, Choice>): void {
    this.#merging.resolve(choices)
  }

  #onSavedElsewhere(draft: ServerDraft): void {
    // A save or submission of this tab under way will be answered as stale, with this text or a newer one.
    const { isClosed, isHeld, version } = this.#record
    if (isClosed || isHeld || this.#saving.sending || draft.version <= version || this.getState().kind === 'conflict') return
    this.reconcile(draft)
  }

  #closedElsewhere(): void {
    if (this.isDirty) return
    this.#stop()
    this.#record.set({ kind: 'failed', code: 'illegal-transition', message: '', isKept: false })
  }

  #stop(): void {
    this.#record.isClosed = true
    this.#saving.stop()
    for (const undo of this.#undoSubscriptions.splice(0)) undo()
  }
}
