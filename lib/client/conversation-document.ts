import type { DraftContent, Message } from '#lib/domain/conversation.ts'
import { applyDraftPatch, type DraftPatch, diffDraft } from '#lib/domain/draft-patch.ts'
import type { EditSteps } from './edit-steps.ts'

type Entry = { before: DraftContent; after: DraftContent; key: string | null; at: number; size: number }

/** Keystrokes of one place within this time are undone together. */
const GROUP_MILLISECONDS = 700
const MAX_ENTRIES = 1000
/** Texts the history may hold on to beyond what is shown, in UTF-16 code units. */
const MAX_HELD = 24_000_000

export type ChangeOptions = {
  /** Changes in a row with the same key become one step of undo. Absent: a step of its own. */
  key?: string
}

/** Text only `before` holds, in UTF-16 code units. */
const sizeOf = (before: DraftContent, after: DraftContent): number => {
  const kept = new Set(after.messages)
  return before.messages.reduce((sum, message) => (kept.has(message) ? sum : sum + message.content.length + (message.reasoning?.length ?? 0)), 0)
}

/** The contents that patches lead to, one after the other, each with the one before it; up to the first that does not fit. */
function contentsAfter(content: DraftContent, patches: readonly DraftPatch[]): [DraftContent, DraftContent][] {
  const pairs: [DraftContent, DraftContent][] = []
  let from = content
  for (const patch of patches) {
    const to = applyDraftPatch(from, patch)
    if (!to) break
    pairs.push([from, to])
    from = to
  }
  return pairs
}

/** The message to look at after going from one content to another: the first that differs. */
function firstDifference(from: DraftContent, to: DraftContent): string | null {
  const at = to.messages.findIndex((message, index) => message !== from.messages[index])
  return (to.messages[at] ?? to.messages.at(-1))?.id ?? null
}

/**
 * The conversation that is being written, with one history for text and structure. An external store for React: messages that
 * did not change stay the same objects, so that a keystroke draws one message again.
 */
export class ConversationDocument {
  #content: DraftContent
  #ids: readonly string[]
  #byId: Map<string, Message>
  #undo: Entry[] = []
  #redo: Entry[] = []
  #listeners = new Set<() => void>()
  #isFrozen = false

  constructor(content: DraftContent) {
    this.#content = content
    this.#ids = content.messages.map((message) => message.id)
    this.#byId = new Map(content.messages.map((message) => [message.id, message]))
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  readonly getContent = (): DraftContent => this.#content
  /** Ids in order; the same array as long as neither ids nor order change. */
  readonly getIds = (): readonly string[] => this.#ids
  readonly getMessage = (id: string): Message | undefined => this.#byId.get(id)
  readonly getTools = (): DraftContent['tools'] => this.#content.tools

  get canUndo(): boolean {
    return this.#undo.length > 0
  }

  get canRedo(): boolean {
    return this.#redo.length > 0
  }

  /** Does the text stand still, because it is being handed over? */
  readonly isFrozen = (): boolean => this.#isFrozen

  /** From here on nobody's edits change the text: what is handed over is what is on screen. */
  freeze(): void {
    this.#isFrozen = true
  }

  thaw(): void {
    this.#isFrozen = false
  }

  /** Changes the content as a step that can be undone. A function that returns its argument changes nothing. */
  apply(change: (content: DraftContent) => DraftContent, options: ChangeOptions = {}): void {
    if (!this.#isFrozen) this.#apply(change, options)
  }

  #apply(change: (content: DraftContent) => DraftContent, { key }: ChangeOptions): void {
    const before = this.#content
    const after = change(before)
    if (after === before) return
    const now = Date.now()
    const last = this.#undo.at(-1)
    if (last && key !== undefined && last.key === key && last.after === before && now - last.at < GROUP_MILLISECONDS) {
      this.#undo[this.#undo.length - 1] = { ...last, after, at: now }
    } else {
      this.#undo.push({ before, after, key: key ?? null, at: now, size: sizeOf(before, after) })
      this.#trim()
    }
    this.#redo = []
    this.#set(after)
  }

  /** Ends the group of keystrokes: what comes next is undone by itself. */
  closeGroup(): void {
    const last = this.#undo.at(-1)
    if (last) this.#undo[this.#undo.length - 1] = { ...last, key: null }
  }

  /** Takes over content from elsewhere (another tab, a merge). It can be undone like an edit of one's own. */
  adopt(content: DraftContent): void {
    if (content !== this.#content) this.#apply(() => content, {})
  }

  /** Takes the last step back. Returns the id of the message to look at, or null when there was none. */
  undo(): string | null {
    const entry = this.#isFrozen ? undefined : this.#undo.pop()
    if (!entry) return null
    this.#redo.push(entry)
    this.#set(entry.before)
    return firstDifference(entry.after, entry.before)
  }

  redo(): string | null {
    const entry = this.#isFrozen ? undefined : this.#redo.pop()
    if (!entry) return null
    this.#undo.push({ ...entry, key: null })
    this.#set(entry.after)
    return firstDifference(entry.before, entry.after)
  }

  /** The steps that can be undone and done again, at most so many of each, the nearest first. */
  getSteps(most: number): EditSteps {
    return {
      undo: this.#undo
        .slice(-most)
        .toReversed()
        .map(({ before, after }) => diffDraft(after, before)),
      redo: this.#redo
        .slice(-most)
        .toReversed()
        .map(({ before, after }) => diffDraft(before, after)),
    }
  }

  /** Takes up the history that this very text had before, in place of its own. */
  restoreSteps({ undo, redo }: EditSteps): void {
    const entry = { key: null, at: 0, size: 0 }
    this.#undo = contentsAfter(this.#content, undo)
      .map(([after, before]) => ({ ...entry, before, after, size: sizeOf(before, after) }))
      .toReversed()
    this.#redo = contentsAfter(this.#content, redo)
      .map(([before, after]) => ({ ...entry, before, after }))
      .toReversed()
  }

  #trim(): void {
    let held = this.#undo.reduce((sum, entry) => sum + entry.size, 0)
    while (this.#undo.length > MAX_ENTRIES || (held > MAX_HELD && this.#undo.length > 1)) {
      held -= this.#undo.shift()?.size ?? 0
    }
  }

  #set(content: DraftContent): void {
    this.#content = content
    this.#byId = new Map(content.messages.map((message) => [message.id, message]))
    const isSameOrder = content.messages.length === this.#ids.length && content.messages.every((message, index) => message.id === this.#ids[index])
    if (!isSameOrder) this.#ids = content.messages.map((message) => message.id)
    for (const listener of this.#listeners) listener()
  }
}
