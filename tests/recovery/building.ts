import { ReadableStream } from 'node:stream/web'
import { expect } from 'vitest'
import type { Demo, Json } from './client.ts'
import { until } from './until.ts'

const ROWS = 24
const WORDS = 12_000
/** Beside three times what a build takes here undisturbed. Waiting until a lost job is missed would take half a minute and more. */
const SECONDS = 20

/** Conversations long enough for a build of them to last seconds. */
async function* longRows() {
  const words = 'people write careful answers about rivers lakes and the quiet towns between them'.split(' ')
  const encoder = new TextEncoder()
  for (let index = 0; index < ROWS; index++) {
    const output = Array.from({ length: WORDS }, (_, place) => words[(place * (index + 7) + (place >> 3)) % words.length]).join(' ')
    yield encoder.encode(`${JSON.stringify({ instruction: `Tell long story ${index}`, output })}\n`)
  }
}

/** Freezes and builds of one set of long conversations. */
export class Building {
  readonly #demo: Demo
  readonly #modelId: string
  #snapshotId = ''
  #buildId = ''
  #freezeId = ''
  #patience = 120

  constructor(demo: Demo, modelId: string) {
    this.#demo = demo
    this.#modelId = modelId
  }

  async prepare(): Promise<void> {
    const { engineer, reviewer, projectId } = this.#demo
    const stored = await engineer.try('POST', `/projects/${projectId}/imports?answers=submit&category=long`, {
      body: ReadableStream.from(longRows()),
    })
    expect(stored).toMatchObject({ status: 200, body: { imported: ROWS } })
    const { items } = await reviewer.get(`/projects/${projectId}/conversations?category=long&limit=200`)
    for (const { id, currentRevisionId } of items) {
      await reviewer.post(`/conversations/${id}/reviews`, { revisionId: currentRevisionId, verdict: 'approve' })
    }
    this.#snapshotId = await this.#freeze('long')
    await this.#frozen(this.#snapshotId)
    const start = performance.now()
    await this.#build()
    await this.#ready()
    this.#patience = SECONDS + (3 * (performance.now() - start)) / 1000
  }

  async #freeze(name: string): Promise<string> {
    const { engineer, projectId } = this.#demo
    const { id, state } = await engineer.post(`/projects/${projectId}/snapshots`, { name, query: { categories: ['long'] } })
    expect(state).toBe('freezing')
    return id
  }

  async #frozen(id: string) {
    const snapshot = await until('the freeze', this.#patience, async () => {
      const found = await this.#demo.engineer.get(`/snapshots/${id}`)
      return found.state === 'freezing' ? null : found
    })
    expect(snapshot).toMatchObject({ state: 'frozen', rowCount: ROWS })
    return snapshot
  }

  async #build(snapshotId = this.#snapshotId, maxLength = 1_048_576): Promise<void> {
    const body = { snapshotId, modelId: this.#modelId, recipe: { maxLength } }
    this.#buildId = (await this.#demo.engineer.post(`/projects/${this.#demo.projectId}/builds`, body)).id
  }

  /** A build of the demo's own conversations, short enough for the tiny model. */
  async buildForTraining(): Promise<string> {
    const { items } = await this.#demo.engineer.get(`/projects/${this.#demo.projectId}/snapshots`)
    await this.#build(items.find(({ name }: Json) => name === 'demo-1').id, 1024)
    await this.#ended()
    return this.#buildId
  }

  async #ended(): Promise<Json> {
    const build = await until('the build', this.#patience, async () => {
      const found = await this.#demo.engineer.get(`/builds/${this.#buildId}`)
      return ['queued', 'building'].includes(found.state) ? null : found
    })
    expect(build).toMatchObject({ state: 'ready', failure: null })
    return build
  }

  async #ready(): Promise<void> {
    expect(await this.#ended()).toMatchObject({ candidates: ROWS, exported: ROWS })
  }

  /** A build in its middle and a freeze that was acknowledged a moment ago. */
  async begin(name: string): Promise<void> {
    await this.#build()
    await until('the build to begin', this.#patience, async () => (await this.state()) === 'building')
    this.#freezeId = await this.#freeze(name)
  }

  async state(): Promise<string> {
    return (await this.#demo.engineer.get(`/builds/${this.#buildId}`)).state
  }

  /** Both end whole, and the build is what its snapshot makes, byte for byte. */
  async check(): Promise<void> {
    const { engineer } = this.#demo
    const [original, frozen] = [await this.#frozen(this.#snapshotId), await this.#frozen(this.#freezeId)]
    expect(frozen.contentHash).toBe(original.contentHash)
    await this.#ready()
    expect(await engineer.post(`/builds/${this.#buildId}/verification`, {})).toMatchObject({ isEqual: true, differences: [] })
    const ledger = await engineer.get(`/builds/${this.#buildId}/ledger?limit=200`)
    expect(ledger.items).toHaveLength(ROWS)
  }
}
