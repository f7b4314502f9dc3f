import { z } from 'zod'
import { type EventLine, TrainerPhase } from './event.ts'

/** What the head of a run's page shows. Kept in `run.latest` and brought forward with every event read. */
export const Progress = z.object({
  attempt: z.int(),
  step: z.int().nullable(),
  totalSteps: z.int().nullable(),
  epoch: z.number().nullable(),
  loss: z.number().nullable(),
  evalLoss: z.number().nullable(),
  learningRate: z.number().nullable(),
  gradNorm: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
  tokensSeen: z.number().nullable(),
  trainedTokensSeen: z.number().nullable(),
  etaSeconds: z.number().nullable(),
  memoryBytes: z.number().nullable(),
  /** The loss was not a number at this step. */
  divergedAtStep: z.int().nullable(),
  /** What the trainer is busy with while no step says so, and since when. Progress of an older version has none. */
  phase: z.object({ name: TrainerPhase, since: z.string() }).nullable().default(null),
  /** The step this attempt began at. */
  firstStep: z.int().default(0),
  /** Time of the newest event. */
  at: z.string().nullable(),
  /** Why the state is as it is, where that needs a sentence (another machine, saving, waiting for the trainer). */
  note: z.string().nullable(),
})
export type Progress = z.infer<typeof Progress>

export const EMPTY_PROGRESS: Progress = {
  attempt: 0,
  step: null,
  totalSteps: null,
  epoch: null,
  loss: null,
  evalLoss: null,
  learningRate: null,
  gradNorm: null,
  tokensPerSecond: null,
  tokensSeen: null,
  trainedTokensSeen: null,
  etaSeconds: null,
  memoryBytes: null,
  divergedAtStep: null,
  phase: null,
  firstStep: 0,
  at: null,
  note: null,
}

/** The progress kept with a run; null where there is none yet, or one of another shape. */
export const readProgress = (stored: unknown): Progress | null => {
  const parsed = Progress.safeParse(stored)
  return parsed.success ? parsed.data : null
}

/** The first steps of an attempt are many times slower (memory, compiling); an estimate from fewer than these would mislead. */
const MEASURED_STEPS = 5

const figure = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null)

function afterMetrics(before: Progress, event: EventLine): Progress {
  const p = event.payload
  return {
    ...before,
    phase: null,
    step: event.step,
    totalSteps: figure(p.total_steps) ?? before.totalSteps,
    epoch: figure(p.epoch),
    loss: figure(p.loss),
    learningRate: figure(p.lr),
    gradNorm: figure(p.grad_norm),
    tokensPerSecond: figure(p.tokens_per_s),
    tokensSeen: figure(p.tokens_seen),
    trainedTokensSeen: figure(p.trained_tokens_seen),
    etaSeconds: (event.step ?? 0) - before.firstStep < MEASURED_STEPS ? null : figure(p.eta_s),
    memoryBytes: figure(p.mem_bytes),
    divergedAtStep: p.flag === 'nan' && figure(p.loss) === null ? (before.divergedAtStep ?? event.step) : before.divergedAtStep,
  }
}

function afterEvent(before: Progress, event: EventLine): Progress {
  switch (event.type) {
    case 'phase': {
      const name = TrainerPhase.safeParse(event.payload.name).data
      return { ...before, phase: name ? { name, since: event.at.toISOString() } : null }
    }
    case 'end':
      return { ...before, phase: null }
    case 'start': {
      const resumed = (event.payload.resumed_from as { step?: unknown } | null | undefined)?.step
      const step = figure(resumed) ?? 0
      return { ...before, totalSteps: figure(event.payload.total_steps), step, firstStep: step }
    }
    case 'metrics':
      return afterMetrics(before, event)
    case 'eval':
      return { ...before, evalLoss: figure(event.payload.eval_loss) }
    default:
      return before
  }
}

/** Progress after more events of `attempt`. A new attempt starts from where the last one stood, without its speed. */
export function advanceProgress(before: Progress | null, attempt: number, events: readonly EventLine[]): Progress {
  const start: Progress =
    before?.attempt === attempt
      ? before
      : { ...(before ?? EMPTY_PROGRESS), attempt, etaSeconds: null, tokensPerSecond: null, phase: null, note: null }
  let progress = start
  for (const event of events) progress = { ...afterEvent(progress, event), at: event.at.toISOString() }
  return progress
}

type Moving = {
  state: string
  latest: Pick<Progress, 'phase' | 'at'> | null
  /** In their order. */
  attempts: readonly { startedAt: string; endedAt: string | null }[]
  createdAt: string
}

/**
 * What a run that is under way is busy with, and since when: waiting in the queue, being started, or what the trainer said last.
 * Null while steps tell how it goes.
 */
export function phaseOf({ state, latest, attempts, createdAt }: Moving): { name: TrainerPhase | 'queued' | 'starting'; since: string } | null {
  const attempt = attempts.at(-1)
  if (state === 'queued') return { name: 'queued', since: attempt?.endedAt ?? createdAt }
  const began = attempt?.startedAt ?? createdAt
  // Events of the attempt before say nothing of this one.
  const hasSpoken = latest?.at != null && Date.parse(latest.at) >= Date.parse(began)
  return hasSpoken ? (latest?.phase ?? null) : { name: 'starting', since: began }
}

/** Share done, 0 to 1; null before the number of steps is known. */
export const shareDone = (progress: Pick<Progress, 'step' | 'totalSteps'> | null): number | null =>
  progress?.totalSteps ? Math.min(1, (progress.step ?? 0) / progress.totalSteps) : null

/** `hh:mm:ss`, hours growing past two digits where they must. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const two = (n: number) => String(n).padStart(2, '0')
  return `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`
}
