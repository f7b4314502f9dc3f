import { describe, expect, test } from 'vitest'
import { type MachineFacts, preflightChecks, type RunFacts } from '#lib/adapters/training/preflight.ts'
import { RunConfig } from '#lib/domain/training/config.ts'
import { estimateNeeds } from '#lib/domain/training/estimate.ts'

const GIB = 2 ** 30
const model = {
  architecture: 'LlamaForCausalLM',
  parameters: 134_515_008,
  layers: 30,
  hiddenSize: 576,
  vocabularySize: 49_152,
  contextTokens: 8192,
  tokenizerHash: 'a'.repeat(64),
  chatTemplateHash: 'b'.repeat(64),
  injectedIdentity: null,
}
const build = {
  tokenizerHash: `sha256:${'a'.repeat(64)}`,
  chatTemplateHash: 'b'.repeat(64),
  format: 'tokenized',
  validationRows: 20,
  rows: 350,
  tokens: 24_000,
  longestTokens: 300,
}
const facts = (more: Partial<RunFacts> = {}): RunFacts => ({
  config: RunConfig.parse({}),
  model,
  build,
  trainerMessage: '',
  measuredTokensPerSecond: null,
  ...more,
})
const machine = (more: Partial<MachineFacts> = {}): MachineFacts => ({
  trainerReady: true,
  memoryBytes: 64 * GIB,
  diskBytes: 64 * GIB,
  flopsPerSecond: 50e9,
  hasBfloat16: true,
  ...more,
})
const look = (run: Partial<RunFacts> = {}, where: Partial<MachineFacts> = {}) => {
  const checks = preflightChecks(facts(run), machine(where))
  return {
    checks,
    errors: checks.filter((check) => check.level === 'error').map((check) => check.reason),
    one: (code: string) => checks.find((check) => check.code === code),
  }
}

describe('what is looked at before a run', () => {
  test('a run that fits has nothing to cure', () => {
    const { checks, errors } = look()
    expect(errors).toEqual([])
    expect(checks.every((check) => check.message.length > 0)).toBe(true)
    expect(checks.filter((check) => check.level === 'ok').every((check) => check.cure === '')).toBe(true)
  })

  test('memory below weights and optimiser refuses, and says both figures', () => {
    const needs = estimateNeeds(RunConfig.parse({}), model, build)
    const { errors, one } = look({}, { memoryBytes: needs.certainBytes - 1 })
    expect(errors).toEqual(['memory-short'])
    const wanted = (needs.certainBytes / GIB).toFixed(1)
    expect(one('memory')?.message).toBe(`Weights, gradients and optimiser need ${wanted} GiB of memory, ${wanted} GiB are free.`)
    expect(one('memory')?.cure).toContain('LoRA')
  })

  test('memory between certain and likely only warns', () => {
    const { certainBytes, likelyBytes } = estimateNeeds(RunConfig.parse({}), model, build)
    expect(look({}, { memoryBytes: (certainBytes + likelyBytes) / 2 }).one('memory')).toMatchObject({ level: 'warning', reason: 'memory-tight' })
    expect(look({}, { memoryBytes: likelyBytes }).one('memory')).toMatchObject({ level: 'ok' })
  })

  test('a disk too small for checkpoints and output refuses', () => {
    const { diskBytes } = estimateNeeds(RunConfig.parse({}), model, build)
    expect(look({}, { diskBytes: diskBytes - 1 })).toMatchObject({ errors: ['disk-short'] })
    expect(look({}, { diskBytes }).errors).toEqual([])
  })

  test('without bfloat16 arithmetic the memory of float32 counts, and it is said', () => {
    const asFloat32 = estimateNeeds(RunConfig.parse({ optimisation: { dtype: 'float32' } }), model, build)
    const asBfloat16 = estimateNeeds(RunConfig.parse({}), model, build)
    expect(asFloat32.certainBytes).toBeGreaterThan(asBfloat16.certainBytes)
    const between = (asFloat32.certainBytes + asBfloat16.certainBytes) / 2
    expect(look({}, { memoryBytes: between, hasBfloat16: true }).errors).toEqual([])
    const without = look({}, { memoryBytes: between, hasBfloat16: false })
    expect(without.errors).toEqual(['memory-short'])
    expect(without.one('precision')).toMatchObject({ level: 'note', reason: 'precision-float32' })
    expect(look({}, { hasBfloat16: null }).one('precision')).toBeUndefined()
  })

  test.each([
    ['trainer-not-ready', {}, { trainerReady: false }],
    ['model-unusable', { model: { problem: 'model-unusable', facts: { detail: '/m: config.json is missing.' } } }, {}],
    ['model-endpoint', { model: { problem: 'model-endpoint', facts: {} } }, {}],
    ['model-adapter', { model: { problem: 'model-adapter', facts: {} } }, {}],
    ['data-not-tokenized', { build: { ...build, format: 'messages' } }, {}],
    ['data-empty', { build: { ...build, rows: 0 } }, {}],
    ['tokenizer-differs', { build: { ...build, tokenizerHash: 'c'.repeat(64) } }, {}],
    ['template-differs', { build: { ...build, chatTemplateHash: null } }, {}],
    ['context-exceeded', { build: { ...build, longestTokens: 8193 } }, {}],
  ] as [string, Partial<RunFacts>, Partial<MachineFacts>][])('%s refuses, with its cure', (reason, run, where) => {
    const { errors, checks } = look({ trainerMessage: 'Installing PyTorch', ...run }, where)
    expect(errors).toEqual([reason])
    expect(checks.find((check) => check.reason === reason)?.cure).not.toBe('')
  })

  test('an identity in the template warns, and no validation rows are a note', () => {
    expect(look({ model: { ...model, injectedIdentity: 'You are Bob' } }).one('identity')).toMatchObject({
      level: 'warning',
      message: expect.stringContaining('You are Bob'),
    })
    expect(look({ build: { ...build, validationRows: 0 } }).one('evaluation')).toMatchObject({ level: 'note' })
  })

  test('the time states its formula, and what was measured beats it', () => {
    expect(look().one('time')?.message).toMatch(/6 × 135M parameters × [\d.]+K tokens ÷ 50B operations\/s, assumed/)
    expect(look({ measuredTokensPerSecond: 500 }).one('time')).toMatchObject({
      reason: 'time-measured',
      message: expect.stringContaining('÷ 500 tokens/s, measured here'),
    })
  })
})
