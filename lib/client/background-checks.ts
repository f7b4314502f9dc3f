import type { Finding } from '#lib/domain/check/finding.ts'
import type { CheckSettings } from '#lib/domain/check/settings.ts'
import type { DraftContent, Message } from '#lib/domain/conversation.ts'
import type { CheckAnswer, CheckRequest } from './check.worker.ts'

/** What a worker is to this: tests give one that runs beside them. */
export type Port = { post: (request: CheckRequest) => void; listen: (onAnswer: (answer: CheckAnswer) => void) => void; close: () => void }

export const workerPort = (): Port => {
  const worker = new Worker(new URL('./check.worker.ts', import.meta.url), { type: 'module' })
  return {
    post: (request) => worker.postMessage(request),
    listen: (onAnswer) => worker.addEventListener('message', ({ data }: MessageEvent<CheckAnswer>) => onAnswer(data)),
    close: () => worker.terminate(),
  }
}

/**
 * The checks of a text being written. One request is on its way at a time; what is typed meanwhile is asked about when the
 * answer is there, so that a slow check never queues.
 */
export class BackgroundChecks {
  #port: Port
  #settings: CheckSettings | null
  #sent = new Map<string, Message>()
  #isBusy = false
  #next: DraftContent | null = null
  #findings: readonly Finding[] | null = null
  #listeners = new Set<() => void>()

  constructor(port: Port, settings: CheckSettings) {
    this.#port = port
    this.#settings = settings
    port.listen(({ findings }) => this.#answer(findings))
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** What was found last; null before the first answer. */
  readonly getFindings = (): readonly Finding[] | null => this.#findings

  check(content: DraftContent): void {
    if (this.#isBusy) {
      this.#next = content
      return
    }
    const changed = content.messages.filter((message) => this.#sent.get(message.id) !== message)
    this.#sent = new Map(content.messages.map((message) => [message.id, message]))
    this.#isBusy = true
    this.#port.post({
      ...(this.#settings && { settings: this.#settings }),
      order: content.messages.map(({ id }) => id),
      changed,
      tools: content.tools,
    })
    this.#settings = null
  }

  close(): void {
    this.#port.close()
    this.#listeners.clear()
  }

  #answer(findings: readonly Finding[]): void {
    this.#isBusy = false
    this.#findings = findings
    for (const listener of this.#listeners) listener()
    const next = this.#next
    this.#next = null
    if (next) this.check(next)
  }
}
