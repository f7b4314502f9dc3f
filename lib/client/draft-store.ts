import type { DraftContent } from '#lib/domain/conversation.ts'
import { newMessageId } from '#lib/domain/draft.ts'
import { type Choice, mergeDrafts, settleCollisions } from '#lib/domain/draft-merge.ts'
import { isSame } from '#lib/domain/same.ts'
import type { ConversationDocument } from './conversation-document.ts'
import { Delayed } from './delayed.ts'
import type { DraftStoreOptions, SaveOutcome, SaveState, ServerDraft } from './draft-state.ts'
import { LocalCopies } from './local-copies.ts'

/** After the first keystroke: on this device, and on the server. */
const LOCAL_MILLISECONDS = 400
const SERVER_MILLISECONDS = 1500
const FIRST_RETRY_MILLISECONDS = 1000
const LAST_RETRY_MILLISECONDS = 30_000
const SIGN_IN_RETRY_MILLISECONDS = 15_000
/** Saves in a row that may each find a newer text to merge before a flush gives up. */
const MOST_MERGES = 3

/**
 * Keeps one conversation's text safe: on this device within a second, on the server within three, merged with what other
 * tabs and devices wrote. The copy on this device goes only when the server has acknowledged the same text.
 */
export class DraftStore {
  readonly #options: DraftStoreOptions
  readonly #document: ConversationDocument
  readonly #listeners = new Set<() => void>()
  readonly #undoSubscriptions: (() => void)[] = []
  /** The text on the server as far as this tab knows, and its version. */
  #acknowledged: DraftContent
  #version: number
  #state: SaveState
  /** What both sides of a conflict continue, and what of it the server has. */
  #conflict: { base: DraftContent; acknowledged: DraftContent } | null = null
  readonly #keepLater = new Delayed(() => void this.#keep())
  readonly #sendLater = new Delayed(() => this.#maySend() && !this.#sending && void this.#send({ isLeaving: false }))
  #sending: Promise<void> | null = null
  #retry = FIRST_RETRY_MILLISECONDS
  #isKept = false
  #isHeld = false
  #isClosed = false
  readonly #copies: LocalCopies

  constructor(options: DraftStoreOptions) {
    this.#options = options
    this.#document = options.document
    this.#copies = new LocalCopies(options.storage, options.conversationId, options.tabId)
    this.#acknowledged = options.server.content
    this.#version = options.server.version
    this.#state = { kind: 'saved', at: options.server.savedAt }
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  readonly getState = (): SaveState => this.#state

  /** Is there text the server has not acknowledged? */
  get isDirty(): boolean {
    return this.#document.getContent() !== this.#acknowledged
  }

  /** The version on the server that this text continues. */
  get version(): number {
    return this.#version
  }

  /** Dirty text that this device could not keep either: leaving now would lose it. */
  get isAtRisk(): boolean {
    return this.isDirty && !this.#isKept
  }

  /** Takes in what earlier tabs left on this device, then starts to watch the document. */
  async open(): Promise<void> {
    const { channel, tabId } = this.#options
    const content = await this.#copies.absorb(this.#document.getContent())
    // What only this device had is no news to the server when it is the same text.
    if (!isSame(content, this.#acknowledged)) this.#document.adopt(content)
    this.#undoSubscriptions.push(
      this.#document.subscribe(this.#onEdit),
      channel.listen((message) => {
        if (message.from === tabId) return
        if (message.kind === 'closed') this.#closedElsewhere()
        else this.#onSavedElsewhere(message.draft)
      }),
    )
    if (this.isDirty) this.#onEdit()
    else if (!this.#copies.hasColliding) this.#dropCopies()
    this.#nextCollision()
  }

  /** Stops watching; what is unsaved has been sent and kept as far as that was possible. */
  close(): void {
    this.leave()
    this.#isClosed = true
    this.#stop()
  }

  /** The page may be gone in a moment: keep and send now. */
  leave(): void {
    if (!this.isDirty || this.#isClosed) return
    void this.#keep()
    if (this.#maySend() && !this.#sending) void this.#send({ isLeaving: true })
  }

  /** The network is back, somebody signed in again, the page is looked at again: save at once, or see what is newer on the server. */
  wake(): void {
    if (this.#isClosed) return
    if (!this.isDirty) return void this.#options.load().then((newest) => newest && this.#onSavedElsewhere(newest))
    this.#retry = FIRST_RETRY_MILLISECONDS
    this.#sendLater.schedule(0)
  }

  /** Freezes the text, holds further saves and waits for the one under way: what to submit, and on which version. */
  async hold(): Promise<{ baseVersion: number; content: DraftContent }> {
    this.#isHeld = true
    this.#document.freeze()
    await this.#keep()
    await this.#sending
    return { baseVersion: this.#version, content: this.#document.getContent() }
  }

  /** What the text was frozen for did not go through: go on writing and saving. */
  release(): void {
    this.#isHeld = false
    this.#document.thaw()
    if (this.isDirty) this.#sendLater.schedule(0)
  }

  /** The submission met a newer text: merge it, or ask. Says whether what was to be submitted still stands as it was. */
  meet(theirs: ServerDraft): boolean {
    const sent = this.#document.getContent()
    this.release()
    this.reconcile(theirs)
    return this.#state.kind !== 'conflict' && isSame(sent, this.#document.getContent())
  }

  /** Freezes the text and saves what is unsaved, before the work is given away. When that cannot be, says so and goes on writing. */
  async flush(): Promise<boolean> {
    this.#document.freeze()
    await this.#sending
    for (let round = 0; round < MOST_MERGES && this.#maySend() && (round === 0 || this.#state.kind === 'saving'); round++) {
      await this.#send({ isLeaving: false })
    }
    const isSaved = !this.isDirty && this.#state.kind !== 'conflict'
    if (!isSaved) this.#document.thaw()
    return isSaved
  }

  /** The text is a revision now: nothing of it stays on this device. */
  async finish(): Promise<void> {
    const { channel, tabId } = this.#options
    this.#isClosed = true
    this.#stop()
    channel.post({ kind: 'closed', from: tabId })
    await this.#copies.dropAll()
  }

  /** Text from elsewhere that this document does not know: merge it, or ask. */
  reconcile(theirs: ServerDraft, base: DraftContent = this.#acknowledged, acknowledged: DraftContent = theirs.content): void {
    const merge = mergeDrafts(base, this.#document.getContent(), theirs.content)
    if (merge.collisions.length > 0) {
      this.#conflict = { base, acknowledged }
      this.#set({ kind: 'conflict', theirs, collisions: merge.collisions })
      return
    }
    this.#settle(theirs, merge.content, acknowledged)
  }

  /** Settles collisions by their keys. Those without a choice stay open. */
  resolve(choices: ReadonlyMap<string, Choice>): void {
    if (this.#state.kind !== 'conflict' || !this.#conflict) return
    const [{ theirs }, { base, acknowledged }] = [this.#state, this.#conflict]
    const merge = mergeDrafts(base, this.#document.getContent(), theirs.content)
    if (merge.collisions.some((collision) => !choices.has(collision.key))) {
      this.#set({ ...this.#state, collisions: merge.collisions })
      return
    }
    this.#settle(theirs, settleCollisions(merge, choices, newMessageId), acknowledged)
  }

  #settle(theirs: ServerDraft, content: DraftContent, acknowledged: DraftContent): void {
    const current = this.#document.getContent()
    const next = isSame(content, current) ? current : content
    this.#conflict = null
    this.#version = theirs.version
    this.#acknowledged = isSame(next, acknowledged) ? next : acknowledged
    this.#document.adopt(next)
    if (this.isDirty) {
      this.#set({ kind: 'saving' })
      this.#keepLater.schedule(LOCAL_MILLISECONDS)
      this.#sendLater.schedule(0)
    } else {
      this.#set({ kind: 'saved', at: theirs.savedAt })
      if (!this.#copies.hasColliding) this.#dropCopies()
    }
    this.#nextCollision()
  }

  /** Shows the next copy of an earlier tab that collides: its text is "mine", what the document holds is "theirs". */
  #nextCollision(): void {
    if (this.#state.kind === 'conflict') return
    const copy = this.#copies.takeColliding()
    if (!copy) return
    const acknowledged = this.#acknowledged
    const theirs = {
      version: this.#version,
      savedAt: this.#state.kind === 'saved' ? this.#state.at : Date.now(),
      content: this.#document.getContent(),
    }
    this.#document.adopt(copy.content)
    this.reconcile(theirs, copy.base, acknowledged)
  }

  readonly #onEdit = (): void => {
    if (this.#isClosed) return
    if (!this.isDirty) {
      // Undone back to what the server has; a copy of what was undone must not come back.
      if (this.#sending || this.#state.kind === 'conflict') return
      this.#set({ kind: 'saved', at: Date.now() })
      this.#dropCopies()
      return
    }
    this.#isKept = false
    this.#keepLater.schedule(LOCAL_MILLISECONDS)
    if (this.#state.kind === 'saved' || this.#state.kind === 'failed') this.#set({ kind: 'saving' })
    if (this.#state.kind === 'saving') this.#sendLater.schedule(SERVER_MILLISECONDS)
  }

  #onSavedElsewhere(draft: ServerDraft): void {
    // A save or submission of this tab under way will be answered as stale, with this text or a newer one.
    if (this.#isClosed || this.#isHeld || this.#sending || draft.version <= this.#version || this.#state.kind === 'conflict') return
    this.reconcile(draft)
  }

  #closedElsewhere(): void {
    if (this.isDirty) return
    this.#isClosed = true
    this.#stop()
    this.#set({ kind: 'failed', code: 'illegal-transition', message: '', isKept: false })
  }

  #maySend(): boolean {
    return this.isDirty && !this.#isHeld && !this.#isClosed && this.#state.kind !== 'conflict'
  }

  async #keep(): Promise<void> {
    this.#keepLater.cancel()
    if (!this.isDirty) return
    const content = this.#document.getContent()
    const base = this.#conflict?.base ?? this.#acknowledged
    const isKept = await this.#copies.keep({ baseVersion: this.#version, base, content })
    if (content === this.#document.getContent()) this.#isKept = isKept
    if ('isKept' in this.#state && this.#state.isKept !== this.#isKept) this.#set({ ...this.#state, isKept: this.#isKept })
  }

  #send(options: { isLeaving: boolean }): Promise<void> {
    const content = this.#document.getContent()
    const sending = this.#options.save({ baseVersion: this.#version, content }, options).then((outcome) => {
      this.#sending = null
      if (!this.#isClosed) this.#onOutcome(outcome, content)
    })
    this.#sending = sending
    return sending
  }

  #onOutcome(outcome: SaveOutcome, sent: DraftContent): void {
    if (outcome.kind === 'stale') this.reconcile(outcome)
    else if (outcome.kind === 'saved') this.#onSaved(outcome, sent)
    else if (outcome.kind === 'refused') this.#set({ kind: 'failed', code: outcome.code, message: outcome.message, isKept: this.#isKept })
    else {
      this.#set({ kind: outcome.kind, isKept: this.#isKept })
      this.#sendLater.schedule(outcome.kind === 'signed-out' ? SIGN_IN_RETRY_MILLISECONDS : this.#retry)
      this.#retry = Math.min(LAST_RETRY_MILLISECONDS, this.#retry * 2)
    }
  }

  #onSaved({ version, savedAt }: { version: number; savedAt: number }, sent: DraftContent): void {
    const { channel, tabId } = this.#options
    this.#version = version
    this.#acknowledged = sent
    this.#retry = FIRST_RETRY_MILLISECONDS
    channel.post({ kind: 'saved', from: tabId, draft: { version, savedAt, content: sent } })
    if (this.isDirty) {
      this.#set({ kind: 'saving' })
      // The copy on this device must continue what the server has now.
      this.#keepLater.schedule(LOCAL_MILLISECONDS)
      this.#sendLater.schedule(SERVER_MILLISECONDS)
      return
    }
    this.#set({ kind: 'saved', at: savedAt })
    this.#dropCopies()
  }

  #dropCopies(): void {
    this.#keepLater.cancel()
    this.#copies.drop()
  }

  #stop(): void {
    this.#keepLater.cancel()
    this.#sendLater.cancel()
    for (const undo of this.#undoSubscriptions.splice(0)) undo()
  }

  #set(state: SaveState): void {
    this.#state = state
    for (const listener of this.#listeners) listener()
  }
}
