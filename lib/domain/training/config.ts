import { z } from 'zod'
import { PlainText } from '#lib/domain/plain-text.ts'

/** A fixed prompt the model answers during training, so that the change can be read. */
export const SamplePrompt = z.strictObject({
  id: z.string().min(1).max(64),
  messages: z
    .array(z.strictObject({ role: z.enum(['system', 'user', 'assistant']), content: PlainText.min(1).max(20_000) }))
    .min(1)
    .max(50),
})
export type SamplePrompt = z.infer<typeof SamplePrompt>

const everySteps = z.int().min(1).max(1_000_000).nullable()

const Lora = z.strictObject({
  r: z.int().min(1).max(512).default(16),
  alpha: z.number().positive().max(4096).default(32),
  dropout: z.number().min(0).max(0.9).default(0),
  targets: z
    .union([
      z.literal('all-linear'),
      z
        .array(z.string().regex(/^[\w.]+$/))
        .min(1)
        .max(64),
    ])
    .default('all-linear'),
})

const Optimisation = z.strictObject({
  learningRate: z.number().positive().max(1).default(5e-4),
  epochs: z.number().positive().max(1000).default(3),
  /** Replaces `epochs` where given. */
  maxSteps: z.int().min(1).max(10_000_000).nullable().default(null),
  batchSize: z.int().min(1).max(4096).default(8),
  gradientAccumulationSteps: z.int().min(1).max(4096).default(1),
  scheduler: z.enum(['cosine', 'linear', 'constant']).default('cosine'),
  warmupSteps: z.int().min(0).max(1_000_000).default(5),
  weightDecay: z.number().min(0).max(1).default(0),
  /** 0 switches clipping off. */
  maxGradNorm: z.number().min(0).max(1000).default(1),
  seed: z.int().min(0).max(4_294_967_295).default(0),
  dtype: z.enum(['bfloat16', 'float32']).default('bfloat16'),
  gradientCheckpointing: z.boolean().default(true),
})

/**
 * Everything a person decides about a run. Parsing `{}` gives every default written out: a run stores what it was
 * really made with, so that two runs can be compared field by field.
 */
export const RunConfig = z.strictObject({
  method: z.enum(['lora', 'full']).default('lora'),
  lora: Lora.prefault({}),
  optimisation: Optimisation.prefault({}),
  evaluation: z.strictObject({ everySteps: everySteps.default(20) }).prefault({}),
  checkpoints: z.strictObject({ everySteps: everySteps.default(25), keep: z.int().min(1).max(100).default(2) }).prefault({}),
  samples: z
    .strictObject({
      everySteps: everySteps.default(25),
      maxNewTokens: z.int().min(1).max(4096).default(64),
      prompts: z.array(SamplePrompt).max(20).default([]),
    })
    .prefault({}),
  logging: z.strictObject({ everySteps: z.int().min(1).max(10_000).default(1) }).prefault({}),
})
export type RunConfig = z.infer<typeof RunConfig>
export type RunConfigInput = z.input<typeof RunConfig>

export const DEFAULT_CONFIG: RunConfig = RunConfig.parse({})

/** Read a stored configuration. Fields added since take the default they had before they existed. */
export const readConfig = (stored: unknown): RunConfig => RunConfig.parse(stored)

export type ConfigValue = string | number | boolean | null
export type ConfigChange = { path: string; from: ConfigValue; to: ConfigValue }

function flatten(value: unknown, path: string, into: Map<string, ConfigValue>): void {
  if (value && typeof value === 'object' && !Array.isArray(value)) {
    for (const [key, part] of Object.entries(value)) flatten(part, path ? `${path}.${key}` : key, into)
  } else {
    into.set(path, Array.isArray(value) ? JSON.stringify(value) : (value as ConfigValue))
  }
}

/** Every field as `group.field` → value; lists as JSON text. */
export function configFields(config: RunConfig): Map<string, ConfigValue> {
  const fields = new Map<string, ConfigValue>()
  flatten(config, '', fields)
  if (config.method === 'full') for (const path of [...fields.keys()]) if (path.startsWith('lora.')) fields.delete(path)
  return fields
}

/** What differs from `from` to `to`, in the order of the form. A field only one side has is null on the other. */
export function diffConfig(from: RunConfig, to: RunConfig): ConfigChange[] {
  const before = configFields(from)
  const after = configFields(to)
  const paths = new Set([...after.keys(), ...before.keys()])
  return [...paths].flatMap((path) => {
    const change = { path, from: before.get(path) ?? null, to: after.get(path) ?? null }
    return change.from === change.to ? [] : [change]
  })
}

/** What `run.json` holds: the names of `trainer/exemplar_trainer/config.py`, which checks them. */
export type RunFile = Record<string, unknown> & { runId: string; attemptId: string }

export type RunFileInput = {
  runId: string
  attemptId: string
  config: RunConfig
  /** Absolute folder of the base model and, for a check of its bytes, its hash. */
  basePath: string
  buildPath: string
  /** Absolute folder of a complete checkpoint, or null to start from the base model. */
  resumeFrom: string | null
}

/** The `run.json` of one attempt, which the trainer is started with. */
export function runFile({ runId, attemptId, config, basePath, buildPath, resumeFrom }: RunFileInput): RunFile {
  return {
    schemaVersion: 1,
    runId,
    attemptId,
    baseModel: { path: basePath },
    build: { path: buildPath },
    method: config.method,
    lora: config.method === 'lora' ? config.lora : null,
    optimisation: config.optimisation,
    evaluation: config.evaluation,
    checkpoints: config.checkpoints,
    samples: config.samples,
    logging: config.logging,
    resumeFrom,
  }
}
