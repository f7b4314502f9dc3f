import { inEnglish } from '#lib/adapters/english.ts'
import { type ModelDetails, shapeOf } from '#lib/adapters/models/folder.ts'
import type { RunConfig } from '#lib/domain/training/config.ts'
import { type DataShape, estimateNeeds, estimateTime, totalSteps } from '#lib/domain/training/estimate.ts'
import type { Facts } from '#lib/domain/training/finding.ts'
import { clock } from '#lib/domain/training/progress.ts'
import type { PreflightCheck } from './backend.ts'

/** A model that is not here to be tuned, and why. */
export type ModelProblem = { problem: 'model-unusable' | 'model-endpoint' | 'model-adapter'; facts: Facts }

/** What the product knows of a run that is to be. */
export type RunFacts = {
  config: RunConfig
  model: ModelDetails | ModelProblem
  /** Hashes the build was made with. */
  build: { tokenizerHash: string | null; chatTemplateHash: string | null; format: string; validationRows: number } & DataShape
  /** How the trainer stands, in words, should it not be ready. */
  trainerMessage: string
  measuredTokensPerSecond: number | null
}

/** What a backend knows of the machine. `hasBfloat16` is null where nobody has looked yet. */
export type MachineFacts = { trainerReady: boolean; memoryBytes: number; diskBytes: number; flopsPerSecond: number; hasBfloat16: boolean | null }

const GIB = 2 ** 30
const check = (
  code: PreflightCheck['code'],
  level: PreflightCheck['level'],
  reason: PreflightCheck['reason'],
  facts: Facts = {},
): PreflightCheck => ({
  code,
  level,
  reason,
  facts,
  ...inEnglish('preflight', { code: reason, facts }),
})

const bare = (hash: string | null): string => (hash ?? '').replace(/^sha256:/, '')

function checkMatch({ build }: RunFacts, model: ModelDetails): PreflightCheck[] {
  const compare = (code: 'tokenizer' | 'template', ours: string, theirs: string | null) =>
    bare(theirs) === bare(ours)
      ? check(code, 'ok', `${code}-same`)
      : check(code, 'error', `${code}-differs`, { build: bare(theirs).slice(0, 12) || '–', model: bare(ours).slice(0, 12) })
  return [compare('tokenizer', model.tokenizerHash, build.tokenizerHash), compare('template', model.chatTemplateHash, build.chatTemplateHash)]
}

function checkContext({ build }: RunFacts, model: ModelDetails): PreflightCheck {
  const facts = { longest: build.longestTokens, context: model.contextTokens ?? 0 }
  const isExceeded = model.contextTokens !== null && build.longestTokens > model.contextTokens
  return isExceeded ? check('context', 'error', 'context-exceeded', facts) : check('context', 'ok', 'context-fits', facts)
}

/** The settings as the trainer will compute them: without bfloat16 arithmetic it takes float32, which needs twice the memory. */
function computed(config: RunConfig, { hasBfloat16 }: MachineFacts): RunConfig {
  return hasBfloat16 === false ? { ...config, optimisation: { ...config.optimisation, dtype: 'float32' } } : config
}

function checkMachine(facts: RunFacts, model: ModelDetails, machine: MachineFacts): PreflightCheck[] {
  const config = computed(facts.config, machine)
  const needs = estimateNeeds(config, shapeOf(model), facts.build)
  const memoryOf = (bytes: number) => ({ needed: bytes / GIB, free: machine.memoryBytes / GIB })
  const memory =
    needs.certainBytes > machine.memoryBytes
      ? check('memory', 'error', 'memory-short', memoryOf(needs.certainBytes))
      : needs.likelyBytes > machine.memoryBytes
        ? check('memory', 'warning', 'memory-tight', memoryOf(needs.likelyBytes))
        : check('memory', 'ok', 'memory-fits', memoryOf(needs.likelyBytes))
  const diskFacts = { needed: needs.diskBytes / GIB, free: machine.diskBytes / GIB }
  const disk = needs.diskBytes > machine.diskBytes ? check('disk', 'error', 'disk-short', diskFacts) : check('disk', 'ok', 'disk-fits', diskFacts)
  const isWidened = config.optimisation.dtype !== facts.config.optimisation.dtype
  return [memory, disk, ...(isWidened ? [check('precision', 'note', 'precision-float32')] : [])]
}

function checkTime(facts: RunFacts, model: ModelDetails, machine: MachineFacts): PreflightCheck {
  const steps = totalSteps(facts.config, facts.build.rows)
  const { seconds, basis } = estimateTime(facts.config, shapeOf(model), facts.build, machine.flopsPerSecond, facts.measuredTokensPerSecond)
  return check('time', 'note', 'tokensPerSecond' in basis ? 'time-measured' : 'time-assumed', { steps, time: clock(seconds), ...basis })
}

function checkBuild({ build }: RunFacts): PreflightCheck {
  if (build.format !== 'tokenized') return check('build', 'error', 'data-not-tokenized')
  if (build.rows === 0) return check('build', 'error', 'data-empty')
  return check('build', 'ok', 'data-rows', { rows: build.rows, tokens: build.tokens })
}

/** Everything that could stop or surprise the run, worst first to fix; an error refuses the start. */
export function preflightChecks(facts: RunFacts, machine: MachineFacts): PreflightCheck[] {
  const { model, build } = facts
  const trainer = machine.trainerReady
    ? check('trainer', 'ok', 'trainer-ready')
    : check('trainer', 'error', 'trainer-not-ready', { detail: facts.trainerMessage })
  if ('problem' in model) return [trainer, check('model', 'error', model.problem, model.facts), checkBuild(facts)]
  const said = model.injectedIdentity
  return [
    trainer,
    check('model', 'ok', 'model-whole', { architecture: model.architecture, parameters: model.parameters }),
    checkBuild(facts),
    ...checkMatch(facts, model),
    checkContext(facts, model),
    ...checkMachine(facts, model, machine),
    checkTime(facts, model, machine),
    ...(said ? [check('identity', 'warning', 'identity-injected', { said: said.slice(0, 200) })] : []),
    ...(build.validationRows === 0 ? [check('evaluation', 'note', 'no-validation')] : []),
  ]
}
