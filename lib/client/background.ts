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
export type Port<Setup, Answer> = { post: (look: Look<Setup>) => void; listen: (onAnswer: (answer: Answer) => void) => void; close: () => void }

export const portOf = <Setup, Answer>(worker: Worker): Port<Setup, Answer> => ({
  post: (look) => worker.postMessage(look),
  listen: (onAnswer) => worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => onAnswer(data)),
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
  #isBusy = false
  #next: DraftContent | null = null
  #answer: Answer | null = null
  #listeners = new Set<() => void>()

  constructor(port: Port<Setup, Answer>, setup: Setup) {
    this.#port = port
    this.#setup = setup
    port.listen((answer) => this.#take(answer))
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** The last answer; null before the first. */
  readonly getAnswer = (): Answer | null => this.#answer

  look(content: DraftContent): void {
    if (this.#isBusy) {
      this.#next = content
      return
    }
    const changed = content.messages.filter((message) => this.#sent.get(message.id) !== message)
    this.#sent = new Map(content.messages.map((message) => [message.id, message]))
    this.#isBusy = true
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

  #take(answer: Answer): void {
    this.#isBusy = false
    this.#answer = answer
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
