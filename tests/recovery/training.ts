import type { Demo, Json } from './client.ts'
import { hasCheckpoint, type Trainer, trainerOf } from './processes.ts'
import { until } from './until.ts'

const SECONDS = 120

type Told = { attempt: number; seq: number; type: string; payload: Json }

/** A fine-tuning of the tiny model. */
export class Training {
  readonly #demo: Demo
  readonly id: string

  private constructor(demo: Demo, id: string) {
    this.#demo = demo
    this.id = id
  }

  static async start(demo: Demo, subject: { buildId: string; modelId: string }, maxSteps: number, checkpointSteps: number): Promise<Training> {
    const config = {
      optimisation: { maxSteps, batchSize: 2, dtype: 'float32', gradientCheckpointing: false },
      evaluation: { everySteps: null },
      samples: { everySteps: null },
      checkpoints: { everySteps: checkpointSteps, keep: 2 },
      logging: { everySteps: 10 },
    }
    const { id } = await demo.engineer.post(`/projects/${demo.projectId}/runs`, { ...subject, config })
    return new Training(demo, id)
  }

  get = () => this.#demo.engineer.get(`/runs/${this.id}`)

  /** The run once it satisfies `holds`; a run that fails meanwhile is an error. */
  until(what: string, holds: (run: Json) => boolean): Promise<Json> {
    return until(`the run ${what}`, SECONDS, async () => {
      const run = await this.get()
      if (holds(run)) return run
      if (run.state === 'failed') throw new Error(`the run failed: ${JSON.stringify(run.failure)}`)
      return null
    })
  }

  /** The processes of its newest attempt, once they run and a step was seen. */
  async processes(attempt: number): Promise<Trainer & { step: number; attemptId: string }> {
    const run = await this.until('to take steps', ({ state, latest }) => state === 'running' && latest?.attempt === attempt && latest.step > 0)
    const { id } = run.attempts.at(-1)
    const found = await until('the trainer’s number', SECONDS, () => trainerOf(id))
    return { ...found, step: run.latest.step, attemptId: id }
  }

  /** The processes of an attempt that is at work and has saved; asked of its folder, which knows first. */
  async saved(attempt: number): Promise<Trainer> {
    const run = await this.until(`to come to attempt ${attempt}`, ({ attempts }) => attempts.length === attempt)
    const { id } = run.attempts[attempt - 1]
    return until(`attempt ${attempt} to save`, SECONDS, () => (hasCheckpoint(id) ? trainerOf(id) : null))
  }

  /** Every event of it by now, over all attempts. */
  async events(): Promise<Told[]> {
    const all: Told[] = []
    for (let cursor = '0.0'; ; ) {
      const { items, nextCursor, hasMore } = await this.#demo.engineer.get(`/runs/${this.id}/events?limit=2000&cursor=${cursor}`)
      all.push(...items)
      if (!hasMore) return all
      cursor = nextCursor
    }
  }

  stop = (mode: string) => this.#demo.engineer.post(`/runs/${this.id}/stop`, { mode })
}
