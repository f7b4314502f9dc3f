import { isApiError } from './api.ts'

/** Something to send without anybody waiting for it. */
export type Errand<T = unknown> = {
  /** What it is about; said while it waits. */
  subject: string
  run: () => Promise<T>
  onDone: (answer: T) => void
  /** The server said no: sending again would change nothing. */
  onRefused: (error: unknown) => void
}

/**
 * Sends errands one after the other in the order they were given, each until it is answered. One order for all: a verdict, its
 * withdrawal and the next verdict on the same text never overtake one another.
 */
export class Outbox {
  readonly #isRefusal: (error: unknown) => boolean
  readonly #pause: (failures: number) => Promise<void>
  readonly #errands: Errand[] = []
  #isSending = false

  constructor({ isRefusal, pause }: { isRefusal: (error: unknown) => boolean; pause: (failures: number) => Promise<void> }) {
    this.#isRefusal = isRefusal
    this.#pause = pause
  }

  /** What the errands not answered yet are about. */
  get subjects(): string[] {
    return this.#errands.map((errand) => errand.subject)
  }

  add<T>(errand: Errand<T>): void {
    this.#errands.push(errand as Errand)
    if (!this.#isSending) void this.#send()
  }

  async #send(): Promise<void> {
    this.#isSending = true
    for (let errand = this.#errands[0]; errand; errand = this.#errands[0]) {
      const answer = await this.#answerOf(errand)
      this.#errands.shift()
      answer()
    }
    this.#isSending = false
  }

  async #answerOf(errand: Errand): Promise<() => void> {
    for (let failures = 1; ; failures++) {
      try {
        const answer = await errand.run()
        return () => errand.onDone(answer)
      } catch (error) {
        if (this.#isRefusal(error)) return () => errand.onRefused(error)
        await this.#pause(failures)
      }
    }
  }
}

/** A refusal is an answer; a lost network, a database away or too many requests are not. */
const isRefusal = (error: unknown): boolean => isApiError(error) && error.status < 500 && error.code !== 'rate-limited'

const LONGEST_PAUSE_MS = 15_000

/** A little longer after every failure, and at once when the network is back. */
const untilNextTry = (failures: number) =>
  new Promise<void>((resolve) => {
    const go = () => {
      clearTimeout(timer)
      window.removeEventListener('online', go)
      resolve()
    }
    const timer = setTimeout(go, Math.min(LONGEST_PAUSE_MS, 500 * 2 ** failures))
    window.addEventListener('online', go)
  })

/** The one outbox of the page. */
export const outbox = new Outbox({ isRefusal, pause: untilNextTry })
