import { z } from 'zod'

/** The lines of a trainer's `events.jsonl`, one writer, at most 64 KiB each. */

/** JSON has no NaN: the trainer writes null and `flag: "nan"`. */
const figure = z.number().nullish()
const count = z.int().min(0)
const line = { v: z.literal(1), seq: z.int().min(1), ts: z.iso.datetime() }

/** What the trainer is busy with where no step says so, in the order of an attempt. */
export const TRAINER_PHASES = ['libraries', 'inputs', 'model', 'rows', 'baseline', 'first-answers', 'first-step', 'output'] as const
export const TrainerPhase = z.enum(TRAINER_PHASES)
export type TrainerPhase = z.infer<typeof TrainerPhase>

/** A phase this version does not know is work all the same. */
export const PhaseEvent = z.looseObject({ ...line, type: z.literal('phase'), name: z.string().max(64) })

export const StartEvent = z.looseObject({
  ...line,
  type: z.literal('start'),
  total_steps: count,
  train_rows: count,
  eval_rows: count.optional(),
  trained_tokens: count.optional(),
  params: count.optional(),
  trainable_params: count.optional(),
  device: z.unknown(),
  versions: z.record(z.string(), z.string()).optional(),
  resumed_from: z.looseObject({ path: z.string(), step: count }).nullish(),
})

export const MetricsEvent = z.looseObject({
  ...line,
  type: z.literal('metrics'),
  step: count,
  total_steps: count,
  epoch: figure,
  loss: figure,
  grad_norm: figure,
  lr: figure,
  tokens_per_s: figure,
  tokens_seen: figure,
  trained_tokens_seen: figure,
  step_ms: figure,
  eta_s: figure,
  mem_bytes: figure,
  token_accuracy: figure,
  flag: z.string().optional(),
})

export const EvalEvent = z.looseObject({
  ...line,
  type: z.literal('eval'),
  step: count,
  eval_loss: figure,
  token_accuracy: figure,
  flag: z.string().optional(),
})

export const SampleEvent = z.looseObject({
  ...line,
  type: z.literal('sample'),
  step: count,
  prompt_id: z.string(),
  messages: z.array(z.looseObject({ role: z.string(), content: z.string() })).optional(),
  text: z.string(),
  finish: z.string().optional(),
})

export const CheckpointEvent = z.looseObject({
  ...line,
  type: z.literal('checkpoint'),
  step: count,
  path: z.string(),
  bytes: count,
  sha256: z.string(),
  reason: z.string().optional(),
})

export const LogEvent = z.looseObject({ ...line, type: z.literal('log'), level: z.string(), text: z.string() })
export const ArtifactEvent = z.looseObject({ ...line, type: z.literal('artifact'), kind: z.string(), path: z.string(), sha256: z.string() })
export const EndEvent = z.looseObject({ ...line, type: z.literal('end'), status: z.string(), exit_code: z.int(), reason: z.string().optional() })

const Known = z.discriminatedUnion('type', [
  PhaseEvent,
  StartEvent,
  MetricsEvent,
  EvalEvent,
  SampleEvent,
  CheckpointEvent,
  LogEvent,
  ArtifactEvent,
  EndEvent,
])
/** A type this version does not know is kept as it came: a newer trainer must not lose lines here. */
const Unknown = z.looseObject({ ...line, type: z.string().min(1).max(64) })

export const EVENT_TYPES = ['phase', 'start', 'metrics', 'eval', 'sample', 'checkpoint', 'log', 'artifact', 'end'] as const

export type EventLine = { seq: number; type: string; at: Date; step: number | null; payload: Record<string, unknown> }

/** One line of text as an event, or null when it is none (cut by a crash, or not ours). */
export function parseEventLine(text: string): EventLine | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  const isKnown = (EVENT_TYPES as readonly string[]).includes(String((value as { type?: unknown } | null)?.type))
  const parsed = (isKnown ? Known : Unknown).safeParse(value)
  if (!parsed.success) return null
  const { v: _version, seq, ts, type, ...payload } = parsed.data
  const { step } = payload as { step?: unknown }
  return { seq, type, at: new Date(ts), step: typeof step === 'number' ? step : null, payload: withoutNul(payload) as Record<string, unknown> }
}

/** PostgreSQL's jsonb cannot hold U+0000, which a model may well write into a sample. */
function withoutNul(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\u0000', '\ufffd').toWellFormed()
  if (Array.isArray(value)) return value.map(withoutNul)
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [withoutNul(key) as string, withoutNul(part)]))
  return value
}

/** Where reading of an events file stands: which file, how many bytes of it, and the last event taken. */
export const EventCursor = z.strictObject({ inode: z.number(), byteOffset: z.int().min(0), seq: z.int().min(0) })
export type EventCursor = z.infer<typeof EventCursor>
export const START_CURSOR: EventCursor = { inode: 0, byteOffset: 0, seq: 0 }

/**
 * Splits bytes that begin at a line's start into whole lines. The unfinished last line is left for the next read;
 * `consumed` counts the bytes of whole lines, their line ends included.
 */
export function wholeLines(bytes: Uint8Array): { lines: string[]; consumed: number } {
  const end = bytes.lastIndexOf(0x0a)
  if (end < 0) return { lines: [], consumed: 0 }
  const text = new TextDecoder().decode(bytes.subarray(0, end))
  return { lines: text.split('\n').filter((one) => one.trim() !== ''), consumed: end + 1 }
}

/** Events after `lastSeq`, in rising order, each seq once. */
export function newEvents(events: readonly EventLine[], lastSeq: number): EventLine[] {
  let seen = lastSeq
  return events.filter((event) => {
    if (event.seq <= seen) return false
    seen = event.seq
    return true
  })
}
