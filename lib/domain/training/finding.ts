// What training tells people: a code and its facts. The words stand in messages/{en,zh}.json below `runs.finding`.
import { z } from 'zod'

/** Figures and names that a finding's words mention. */
export const Facts = z.record(z.string(), z.union([z.string(), z.number()]))
export type Facts = z.infer<typeof Facts>

/** What is looked at before a run. */
export const PREFLIGHT_FINDINGS = [
  'trainer-ready',
  'trainer-not-ready',
  'model-whole',
  'model-unusable',
  'model-endpoint',
  'model-adapter',
  'data-rows',
  'data-not-tokenized',
  'data-empty',
  'tokenizer-same',
  'tokenizer-differs',
  'template-same',
  'template-differs',
  'context-fits',
  'context-exceeded',
  'memory-fits',
  'memory-tight',
  'memory-short',
  'disk-fits',
  'disk-short',
  'precision-float32',
  'time-measured',
  'time-assumed',
  'identity-injected',
  'no-validation',
] as const

/** How the trainer's environment stands: a stage of its preparation, or why it stopped. */
export const TRAINER_FINDINGS = [
  'off',
  'not-begun',
  'interrupted',
  'looking',
  'queued',
  'waiting',
  'environment',
  'torch',
  'libraries',
  'check',
  'machine',
  'download',
  'unpack',
  'tokenizer',
  'weights',
  'verify',
  'working',
  'ready',
  'python-missing',
  'python-too-old',
  'no-venv',
  'venv-failed',
  'folder-taken',
  'disk-full',
  'disk-ran-out',
  'pip-failed',
  'libraries-broken',
  'file-system',
  'model-download-failed',
  'model-differs',
  'model-conversion-failed',
  'program-failed',
  'unexpected',
] as const

/** Why a run failed. */
export const RUN_FAILURES = [
  'data',
  'config',
  'crashed',
  'no-result',
  'died-before-checkpoint',
  'lost-too-often',
  'trainer-missing',
  'start-failed',
  'output-damaged',
] as const

/** Why a folder holds no usable model. */
export const MODEL_FAULTS = [
  'folder-missing',
  'no-folder',
  'file-missing',
  'file-too-large',
  'not-json',
  'settings-unreadable',
  'template-missing',
  'weights-missing',
  'index-empty',
  'shard-missing',
  'file-cut',
  'size-differs',
  'type-not-trainable',
  'config-lacks',
  'tokenizer-unusable',
  'template-broken',
] as const

/** Why a model does not answer; the model server names some of them. */
export const REPLY_FAILURES = [
  'trainer-not-ready',
  'model-not-ready',
  'no-files',
  'server-not-started',
  'server-silent',
  'server-status',
  'server-refused',
  'ended-midway',
  'broke-off',
  'model-not-loaded',
  'folder-incomplete',
  'weights-unreadable',
  'adapter-differs',
  'memory-short',
  'out-of-memory',
  'context-exceeded',
  'template-refused',
  'line-too-long',
  'address-not-http',
  'address-with-login',
  'address-with-query',
  'address-link-local',
  'endpoint-silent',
  'endpoint-key-refused',
  'endpoint-busy',
  'endpoint-refused',
  'endpoint-foreign',
  'key-sealed',
] as const

export const FINDINGS = {
  preflight: PREFLIGHT_FINDINGS,
  trainer: TRAINER_FINDINGS,
  failure: RUN_FAILURES,
  model: MODEL_FAULTS,
  reply: REPLY_FAILURES,
} as const
export type FindingGroup = keyof typeof FINDINGS
export type Finding<G extends FindingGroup> = { code: (typeof FINDINGS)[G][number]; facts: Facts }

export type TrainerCode = (typeof TRAINER_FINDINGS)[number]
export type ModelFault = (typeof MODEL_FAULTS)[number]
export type ReplyFailure = (typeof REPLY_FAILURES)[number]
export type RunFailureCode = (typeof RUN_FAILURES)[number]

/** A stage or failure as the set-up programs name it; one this version does not know is at least progress. */
export const trainerCode = (text: string, otherwise: TrainerCode = 'working'): TrainerCode =>
  TRAINER_FINDINGS.find((code) => code === text) ?? otherwise

/** How a refusal carries its finding, so that people read it in their language. */
export const ToldFinding = z.object({
  finding: z.object({ group: z.enum(Object.keys(FINDINGS) as [FindingGroup, ...FindingGroup[]]), code: z.string(), facts: Facts }),
})
