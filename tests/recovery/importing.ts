import { ReadableStream } from 'node:stream/web'
import { expect } from 'vitest'
import type { Answer, Demo } from './client.ts'
import { until } from './until.ts'

const ROWS = 4000
/** Rows sent before the file waits: more than one batch of the product's. */
const ROWS_AT_ONCE = 2500
const ROWS_A_PIECE = 250

const row = (name: string, index: number) => `${JSON.stringify({ id: `${name}-${index}`, prompt: `What is ${name} number ${index}?` })}\n`

/** The file, piece by piece; it waits in the middle until it is let go. */
async function* pieces(name: string, go: Promise<void>) {
  const encoder = new TextEncoder()
  for (let start = 0; start < ROWS; start += ROWS_A_PIECE) {
    if (start === ROWS_AT_ONCE) await go
    yield encoder.encode(Array.from({ length: ROWS_A_PIECE }, (_, index) => row(name, start + index)).join(''))
  }
}

/** An import of a few thousand prompts that is in its middle when it is begun, and stays there until it is let go. */
export class Importing {
  readonly #demo: Demo
  readonly #name: string
  readonly #gate = Promise.withResolvers<void>()
  #answer: Promise<Answer | null> = Promise.resolve(null)

  constructor(demo: Demo, name: string) {
    this.#demo = demo
    this.#name = name
  }

  #send(go: Promise<void>): Promise<Answer | null> {
    const query = new URLSearchParams({ fileName: `${this.#name}.jsonl`, category: this.#name })
    return this.#demo.engineer.try('POST', `/projects/${this.#demo.projectId}/imports?${query}`, {
      body: ReadableStream.from(pieces(this.#name, go)),
    })
  }

  async #count(): Promise<number> {
    return (await this.#demo.engineer.get(`/projects/${this.#demo.projectId}/prompts?category=${this.#name}&limit=1&withTotal=true`)).total
  }

  async begin(): Promise<void> {
    this.#answer = this.#send(this.#gate.promise)
    await until('the first rows of the import', 30, async () => (await this.#count()) >= 1000)
    expect(await this.#count()).toBeLessThan(ROWS)
  }

  /** Sends the rest of the file; returns the answer, null when there was none. */
  async finish(): Promise<Answer | null> {
    this.#gate.resolve()
    return this.#answer
  }

  /** However it ended, the account of it names exactly the prompts that are there. */
  async checkAccount(): Promise<void> {
    const kept = await this.#count()
    const { items } = await this.#demo.engineer.get(`/projects/${this.#demo.projectId}/imports`)
    const account = items.find(({ fileName }: { fileName: string }) => fileName === `${this.#name}.jsonl`)
    expect(account).toMatchObject({ candidates: kept, imported: kept, duplicates: 0, faulty: 0 })
  }

  /** The whole file again, then each of its prompts must be there once. */
  async repeat(): Promise<void> {
    const kept = await this.#count()
    const again = await this.#send(Promise.resolve())
    expect(again).toMatchObject({ status: 200, body: { candidates: ROWS, faulty: 0, duplicates: kept, imported: ROWS - kept } })
    const found: string[] = []
    for (let cursor = ''; ; ) {
      const route = `/projects/${this.#demo.projectId}/prompts?category=${this.#name}&limit=200${cursor && `&cursor=${cursor}`}`
      const { items, nextCursor } = await this.#demo.engineer.get(route)
      found.push(...items.map(({ externalId }: { externalId: string }) => externalId))
      if (!nextCursor) break
      cursor = nextCursor
    }
    expect(found).toHaveLength(ROWS)
    expect(new Set(found)).toEqual(new Set(Array.from({ length: ROWS }, (_, index) => `${this.#name}-${index}`)))
  }
}
