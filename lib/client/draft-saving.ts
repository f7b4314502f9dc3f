import type { DraftContent } from '#lib/domain/conversation.ts'
import { isSame } from '#lib/domain/same.ts'
import { Delayed } from './delayed.ts'
import type { DraftRecord } from './draft-record.ts'
import type { DraftStoreOptions, SaveOutcome, ServerDraft } from './draft-state.ts'
import type { LocalCopies } from './local-copies.ts'

/** After the first keystroke: on this device, and on the server. */
const LOCAL_MILLISECONDS = 400
const SERVER_MILLISECONDS = 1500
const FIRST_RETRY_MILLISECONDS = 1000
const LAST_RETRY_MILLISECONDS = 30_000
const SIGN_IN_RETRY_MILLISECONDS = 15_000
/** Any of them may have arrived; after so many tries without an answer hardly the first. */
const MOST_UNANSWERED = 20

type Options = Pick<DraftStoreOptions, 'save' | 'channel' | 'tabId'>

/** Keeps the text on this device and sends it to the server, and tries again until it is there. */
export class DraftSaving {
  readonly #record: DraftRecord
  readonly #copies: LocalCopies
  readonly #options: Options
  readonly #onStale: (theirs: ServerDraft) => void
  readonly #keepLater = new Delayed(() => void this.keep())
  readonly #sendLater = new Delayed(() => this.maySend && !this.#sending && void this.send())
  #sending: Promise<void> | null = null
  #retry = FIRST_RETRY_MILLISECONDS
  #isKept = false
  /** What was sent since the last answer. */
  #unanswered: DraftContent[] = []

  constructor(record: DraftRecord, copies: LocalCopies, options: Options, onStale: (theirs: ServerDraft) => void) {
    this.#record = record
    this.#copies = copies
    this.#options = options
    this.#onStale = onStale
  }

  get maySend(): boolean {
    const { isDirty, isHeld, isClosed } = this.#record
    return isDirty && !isHeld && !isClosed && this.#record.getState().kind !== 'conflict'
  }

  /** The save under way, if there is one. */
  get sending(): Promise<void> | null {
    return this.#sending
  }

  /** Does this device hold what the server does not? */
  get isKept(): boolean {
    return this.#isKept
  }

  readonly onEdit = (): void => {
    if (this.#record.isClosed) return
    const { kind } = this.#record.getState()
    if (!this.#record.isDirty) {
      // Undone back to what the server has; a copy of what was undone must not come back.
      if (this.#sending || kind === 'conflict') return
      this.#record.set({ kind: 'saved', at: Date.now() })
      this.dropCopies()
      return
    }
    this.#isKept = false
    this.#keepLater.schedule(LOCAL_MILLISECONDS)
    if (kind === 'saved' || kind === 'failed') this.#record.set({ kind: 'saving' })
    if (this.#record.getState().kind === 'saving') this.#sendLater.schedule(SERVER_MILLISECONDS)
  }

  /** The text is a merge the server does not have yet. */
  onMerged(): void {
    this.#record.set({ kind: 'saving' })
    this.#keepLater.schedule(LOCAL_MILLISECONDS)
    this.soon()
  }

  /** Sends what is unsaved at once. */
  soon(): void {
    this.#sendLater.schedule(0)
  }

  /** As `soon`, with the patience of the first try. */
  wake(): void {
    this.#retry = FIRST_RETRY_MILLISECONDS
    this.soon()
  }

  async keep(): Promise<void> {
    this.#keepLater.cancel()
    const { document, conflict, acknowledged, version } = this.#record
    if (!this.#record.isDirty) return
    const content = document.getContent()
    const isKept = await this.#copies.keep({ baseVersion: version, base: conflict?.base ?? acknowledged, content })
    if (content === document.getContent()) this.#isKept = isKept
    const state = this.#record.getState()
    if ('isKept' in state && state.isKept !== this.#isKept) this.#record.set({ ...state, isKept: this.#isKept })
  }

  send(options: { isLeaving: boolean } = { isLeaving: false }): Promise<void> {
    const content = this.#record.document.getContent()
    const { version: baseVersion, acknowledged: base } = this.#record
    const sending = this.#options.save({ baseVersion, base, content }, options).then((outcome) => {
      this.#sending = null
      if (!this.#record.isClosed) this.#onOutcome(outcome, content)
    })
    this.#sending = sending
    return sending
  }

  #onOutcome(outcome: SaveOutcome, sent: DraftContent): void {
    // The server has what this tab sent before: its answer was lost on the way, and nobody else has written.
    const lost = outcome.kind === 'stale' ? this.#unanswered.find((content) => isSame(content, outcome.content)) : undefined
    if (outcome.kind === 'offline') this.#unanswered = [...this.#unanswered.slice(1 - MOST_UNANSWERED), sent]
    else if (outcome.kind === 'saved' || outcome.kind === 'stale') this.#unanswered = []
    if (outcome.kind === 'stale' && lost) this.#onSaved(outcome, lost)
    else if (outcome.kind === 'stale') this.#onStale(outcome)
    else if (outcome.kind === 'saved') this.#onSaved(outcome, sent)
    else if (outcome.kind === 'refused') this.#record.set({ kind: 'failed', code: outcome.code, message: outcome.message, isKept: this.#isKept })
    else {
      this.#record.set({ ...outcome, isKept: this.#isKept })
      this.#sendLater.schedule(outcome.kind === 'offline' ? this.#retry : SIGN_IN_RETRY_MILLISECONDS)
      this.#retry = Math.min(LAST_RETRY_MILLISECONDS, this.#retry * 2)
    }
  }

  #onSaved({ version, savedAt }: { version: number; savedAt: number }, sent: DraftContent): void {
    const { channel, tabId } = this.#options
    this.#record.version = version
    this.#record.acknowledged = sent
    this.#retry = FIRST_RETRY_MILLISECONDS
    channel.post({ kind: 'saved', from: tabId, draft: { version, savedAt, content: sent } })
    if (this.#record.isDirty) {
      this.#record.set({ kind: 'saving' })
      // The copy on this device must continue what the server has now.
      this.#keepLater.schedule(LOCAL_MILLISECONDS)
      this.#sendLater.schedule(SERVER_MILLISECONDS)
      return
    }
    this.#record.set({ kind: 'saved', at: savedAt })
    this.dropCopies()
  }

  dropCopies(): void {
    this.#keepLater.cancel()
    this.#copies.drop()
  }

  stop(): void {
    this.#keepLater.cancel()
    this.#sendLater.cancel()
  }
}
