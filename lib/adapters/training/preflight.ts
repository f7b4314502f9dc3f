import { type ModelDetails, shapeOf } from '#lib/adapters/models/folder.ts'
import type { RunConfig } from '#lib/domain/training/config.ts'
import { type DataShape, estimateNeeds, estimateTime, totalSteps } from '#lib/domain/training/estimate.ts'
import { clock } from '#lib/domain/training/progress.ts'
import type { PreflightCheck } from './backend.ts'

/** What preflight looks at; `null` or an error text where that part could not be read. */
export type PreflightFacts = {
  config: RunConfig
  trainerReady: boolean
  trainerMessage: string
  model: ModelDetails | { problem: string }
  /** Hashes the build was made with. */
  build: { tokenizerHash: string | null; chatTemplateHash: string | null; format: string; validationRows: number } & DataShape
  memoryBytes: number
  diskBytes: number
  flopsPerSecond: number
  measuredTokensPerSecond: number | null
}

const GIB = 2 ** 30
const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`
const check = (code: PreflightCheck['code'], level: PreflightCheck['level'], message: string, cure = ''): PreflightCheck => ({
  code,
  level,
  message,
  cure,
})

const bare = (hash: string | null): string => (hash ?? '').replace(/^sha256:/, '')

function checkMatch(facts: PreflightFacts, model: ModelDetails): PreflightCheck[] {
  const rebuild = 'Build the snapshot again for this model.'
  const compare = (code: 'tokenizer' | 'template', what: string, ours: string, theirs: string | null) =>
    bare(theirs) === bare(ours)
      ? check(code, 'ok', `The build was made with this model’s ${what}.`)
      : check(
          code,
          'error',
          `The build was made with another ${what} (${bare(theirs).slice(0, 12) || 'none'}) than this model’s (${bare(ours).slice(0, 12)}).`,
          rebuild,
        )
  return [
    compare('tokenizer', 'tokenizer', model.tokenizerHash, facts.build.tokenizerHash),
    compare('template', 'chat template', model.chatTemplateHash, facts.build.chatTemplateHash),
  ]
}

function checkContext({ build }: PreflightFacts, model: ModelDetails): PreflightCheck {
  const longest = build.longestTokens
  if (model.contextTokens && longest > model.contextTokens) {
    return check(
      'context',
      'error',
      `The longest row has ${longest.toLocaleString('en')} tokens, the model’s context holds ${model.contextTokens.toLocaleString('en')}.`,
      'Build again with a smaller maximum length.',
    )
  }
  return check(
    'context',
    'ok',
    `Rows have up to ${longest.toLocaleString('en')} of the ${(model.contextTokens ?? 0).toLocaleString('en')} tokens the model’s context holds.`,
  )
}

function checkMachine(facts: PreflightFacts, model: ModelDetails): PreflightCheck[] {
  const needs = estimateNeeds(facts.config, shapeOf(model), facts.build)
  const saving = 'Use LoRA, bfloat16, gradient checkpointing or a smaller batch, or end other programs.'
  const memory =
    needs.certainBytes > facts.memoryBytes
      ? check(
          'memory',
          'error',
          `Weights, gradients and optimiser need ${gib(needs.certainBytes)} of memory, ${gib(facts.memoryBytes)} are free.`,
          saving,
        )
      : needs.likelyBytes > facts.memoryBytes
        ? check('memory', 'warning', `Memory may run out: about ${gib(needs.likelyBytes)} expected, ${gib(facts.memoryBytes)} free.`, saving)
        : check('memory', 'ok', `About ${gib(needs.likelyBytes)} of memory expected, ${gib(facts.memoryBytes)} free.`)
  const disk =
    needs.diskBytes > facts.diskBytes
      ? check(
          'disk',
          'error',
          `Checkpoints and output need about ${gib(needs.diskBytes)} of disk, ${gib(facts.diskBytes)} are free.`,
          'Keep fewer checkpoints or free some space.',
        )
      : check('disk', 'ok', `Checkpoints and output need about ${gib(needs.diskBytes)} of disk, ${gib(facts.diskBytes)} free.`)
  return [memory, disk]
}

function checkTime(facts: PreflightFacts, model: ModelDetails): PreflightCheck {
  const { seconds, formula } = estimateTime(facts.config, shapeOf(model), facts.build, facts.flopsPerSecond, facts.measuredTokensPerSecond)
  const steps = totalSteps(facts.config, facts.build.rows)
  return check('time', 'note', `${steps.toLocaleString('en')} steps, about ${clock(seconds)} (${formula}).`)
}

/** Everything that could stop or surprise the run, worst first to fix; an error refuses the start. */
export function preflightChecks(facts: PreflightFacts): PreflightCheck[] {
  const { model, build } = facts
  const trainer = facts.trainerReady
    ? check('trainer', 'ok', 'The trainer is ready.')
    : check('trainer', 'error', facts.trainerMessage, 'Wait until the trainer is ready; its progress stands on the page Runs.')
  const format =
    build.format !== 'tokenized'
      ? check('build', 'error', 'The build holds messages, not tokens.', 'Make a build of the format “tokenized”.')
      : build.rows === 0
        ? check(
            'build',
            'error',
            'The build has no row to train on.',
            'Check the ledger of the build: every row was excluded or went to other splits.',
          )
        : check('build', 'ok', `${build.rows.toLocaleString('en')} rows with ${build.tokens.toLocaleString('en')} tokens to train on.`)
  if ('problem' in model) return [trainer, check('model', 'error', model.problem, 'Register the model again, or choose another.'), format]
  const identity = model.injectedIdentity
    ? [
        check(
          'identity',
          'warning',
          `The chat template says on its own: “${model.injectedIdentity.slice(0, 200)}”. The tuned model learns under it and needs it in use.`,
          'Use a template without a default system prompt if the model is to have its own identity.',
        ),
      ]
    : []
  const evaluation =
    build.validationRows === 0 ? [check('evaluation', 'note', 'The build has no validation rows, so there will be no evaluation loss.')] : []
  const files = check('model', 'ok', `${model.architecture}, ${(model.parameters / 1e6).toFixed(1)} M parameters; all files are there.`)
  return [
    trainer,
    files,
    format,
    ...checkMatch(facts, model),
    checkContext(facts, model),
    ...checkMachine(facts, model),
    checkTime(facts, model),
    ...identity,
    ...evaluation,
  ]
}
