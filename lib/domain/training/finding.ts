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

export const FINDINGS = { preflight: PREFLIGHT_FINDINGS, trainer: TRAINER_FINDINGS, failure: RUN_FAILURES } as const
export type FindingGroup = keyof typeof FINDINGS
export type Finding<G extends FindingGroup> = { code: (typeof FINDINGS)[G][number]; facts: Facts }

export type TrainerCode = (typeof TRAINER_FINDINGS)[number]
export type RunFailureCode = (typeof RUN_FAILURES)[number]

/** A stage or failure as the set-up programs name it; one this version does not know is at least progress. */
export const trainerCode = (text: string, otherwise: TrainerCode = 'working'): TrainerCode =>
  TRAINER_FINDINGS.find((code) => code === text) ?? otherwise
