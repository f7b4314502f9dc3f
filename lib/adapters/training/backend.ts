import { z } from 'zod'
import type { RunConfig } from '#lib/domain/training/config.ts'
import type { Seen } from '#lib/domain/training/control.ts'
import type { EventCursor, EventLine } from '#lib/domain/training/event.ts'
import { Facts, PREFLIGHT_FINDINGS } from '#lib/domain/training/finding.ts'
import type { RunFacts } from './preflight.ts'

/** Everything a backend must know of one attempt. Paths are absolute. */
export type AttemptSpec = {
  runId: string
  attemptId: string
  config: RunConfig
  baseModelPath: string
  buildPath: string
  resumeFrom: string | null
}

/** One line of the list people see before a run starts. Errors refuse the start. */
export const PreflightCheck = z.object({
  code: z.enum(['trainer', 'model', 'build', 'tokenizer', 'template', 'context', 'memory', 'disk', 'precision', 'time', 'identity', 'evaluation']),
  level: z.enum(['ok', 'note', 'warning', 'error']),
  reason: z.enum(PREFLIGHT_FINDINGS).describe('What was found, for programs and translators'),
  facts: Facts,
  message: z.string().describe('The same in English, with the figures'),
  cure: z.string().describe('What to do about it; empty when all is well'),
})
export type PreflightCheck = z.infer<typeof PreflightCheck>

/** What a backend needs to find an attempt again; kept in the database. */
export const Handle = z.object({ directory: z.string(), host: z.string(), submittedAt: z.iso.datetime(), stopAskedAt: z.iso.datetime().optional() })
export type Handle = z.infer<typeof Handle>

export type Observation = Seen & {
  /** The backend's own word for the state, for people. */
  native: string
  /** Newest complete checkpoint of this attempt, absolute path. */
  checkpoint: string | null
  events: EventLine[]
  cursor: EventCursor
  /** Lines that were no events. */
  skippedLines: number
  /** More events wait: nothing may be concluded from the phase yet. */
  more: boolean
}

export type Artifact = {
  kind: 'adapter' | 'model'
  /** Absolute folder. */
  path: string
  bytes: number
  /** `sha256` of the lines `<sha256>  <path>`, as for every model folder. */
  contentHash: string
  files: { path: string; bytes: number; sha256: string }[]
  result: Record<string, unknown>
}

/** How a stop is asked for: save and end, end (what was saved stays), or at once. */
export type StopMode = 'checkpoint' | 'cancel' | 'kill'

/** A temporary failure of the way to the backend: nothing was learnt, nothing changes, ask again later. */
export class Transient extends Error {
  override name = 'Transient'
}

/** The backend cannot start the attempt, and trying again would not help. */
export class SubmitRefused extends Error {
  override name = 'SubmitRefused'
  readonly code: 'trainer-missing' | 'start-failed'

  constructor(code: SubmitRefused['code'], detail = '') {
    super(detail)
    this.code = code
  }
}

/** What of a run's files stays: so many of the newest checkpoints (null: nothing but the output), and the output. */
export type Kept = { checkpoints: number | null; output: boolean }

/**
 * One way to run a training. All methods are idempotent by attempt; none keeps anything in memory, so
 * that any worker can go on where another one died.
 */
export interface TrainingBackend {
  readonly kind: 'local'
  /** What could stop or surprise the run where it would run. */
  preflight(facts: RunFacts): Promise<PreflightCheck[]>
  /** Starts the attempt unless it was started before. */
  submit(spec: AttemptSpec): Promise<Handle>
  /** The attempt, if it was ever started: closes the gap between submitting and remembering it. */
  find(attemptId: string): Promise<Handle | null>
  /** A pure read: state and the events after the cursor. */
  observe(handle: Handle, since: EventCursor): Promise<Observation>
  stop(handle: Handle, mode: StopMode): Promise<void>
  /** The newest complete checkpoint of an attempt, absolute path. */
  newestCheckpoint(handle: Handle): Promise<string | null>
  /** The verified output of a succeeded attempt. */
  artifacts(handle: Handle): Promise<Artifact>
  /** Frees what the ended attempts of one run, newest first, hold beyond what is to stay. Repeated, it finds nothing left. */
  cleanup(handles: readonly Handle[], kept: Kept): Promise<void>
}
