import type { DraftContent, Message } from '#lib/domain/conversation.ts'

/** What a worker is told of a text. */
export type Look<Setup> = {
  /** When it is new. */
  setup?: Setup
  /** Ids of all messages, as they stand. */
  order: string[]
  /** Those that changed since the last look. */
  changed: Message[]
  tools: DraftContent['tools']
}

/** The far side; tests give one that runs beside them. */
export type Port<Setup, Answer> = {
  post: (look: Look<Setup>) => void
  /** `onDeath`: there will be no further answer. */
  listen: (onAnswer: (answer: Answer) => void, onDeath: () => void) => void
  close: () => void
}

/** What was worked out, and about which text. */
export type Seen<Answer> = { answer: Answer; content: DraftContent }

export const portOf = <Setup, Answer>(worker: Worker): Port<Setup, Answer> => ({
  post: (look) => worker.postMessage(look),
  listen: (onAnswer, onDeath) => {
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => onAnswer(data))
    worker.addEventListener('error', onDeath)
    worker.addEventListener('messageerror', onDeath)
  },
  close: () => worker.terminate(),
})

/**
 * Something worked out about a text while it is written, off the page's thread. One look is on its way at a time; what is typed
 * meanwhile is looked at when the answer is there, so that slow work never queues.
 */
export class Background<Setup, Answer> {
  #port: Port<Setup, Answer>
  #setup: Setup | null
  #sent = new Map<string, Message>()
  #asked: DraftContent | null = null
  #next: DraftContent | null = null
  #seen: Seen<Answer> | null = null
  #isDead = false
  #listeners = new Set<() => void>()

  constructor(port: Port<Setup, Answer>, setup: Setup) {
    this.#port = port
    this.#setup = setup
    port.listen(
      (answer) => this.#take(answer),
      () => this.#die(),
    )
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** What was seen last; null before the first answer, and when there will be none. */
  readonly getSeen = (): Seen<Answer> | null => this.#seen

  look(content: DraftContent): void {
    if (this.#isDead) return
    if (this.#asked) {
      this.#next = content
      return
    }
    const changed = content.messages.filter((message) => this.#sent.get(message.id) !== message)
    this.#sent = new Map(content.messages.map((message) => [message.id, message]))
    this.#asked = content
    this.#port.post({
      ...(this.#setup !== null && { setup: this.#setup }),
      order: content.messages.map(({ id }) => id),
      changed,
      tools: content.tools,
    })
    this.#setup = null
  }

  close(): void {
    this.#port.close()
    this.#listeners.clear()
  }

  /** Old findings of a text that moved on would only be in the way. */
  #die(): void {
    this.#isDead = true
    this.#seen = null
    this.#port.close()
    for (const listener of this.#listeners) listener()
  }

  #take(answer: Answer): void {
    if (this.#asked) this.#seen = { answer, content: this.#asked }
    this.#asked = null
    for (const listener of this.#listeners) listener()
    const next = this.#next
    this.#next = null
    if (next) this.look(next)
  }
}

/** On the far side: puts the text together again from what was sent before and what is new. */
export function keepContent(): (look: Look<unknown>) => DraftContent {
  const messages = new Map<string, Message>()
  return ({ order, changed, tools }) => {
    for (const message of changed) messages.set(message.id, message)
    const present = new Set(order)
    for (const id of messages.keys()) if (!present.has(id)) messages.delete(id)
    return { messages: order.flatMap((id) => messages.get(id) ?? []), tools }
  }
}
