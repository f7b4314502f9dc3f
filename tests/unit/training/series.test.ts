import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_CONFIG, diffConfig, RunConfig, readConfig, runFile } from '#lib/domain/training/config.ts'
import { estimateNeeds, estimateTime, totalSteps } from '#lib/domain/training/estimate.ts'
import { decimate, filterLog, mergeAttempts, type Point, smooth } from '#lib/domain/training/series.ts'

const point = (attempt: number, step: number, loss = step): Point => ({
  attempt,
  step,
  at: attempt * 1e6 + step,
  tokens: step * 10,
  values: { loss },
})

describe('joining attempts', () => {
  test('the newest attempt wins from the step it began at; the old tail is kept apart', () => {
    const { current, superseded } = mergeAttempts([point(1, 1), point(1, 2), point(1, 3), point(1, 4), point(2, 3), point(2, 4)])
    expect(current.map((one) => [one.attempt, one.step])).toEqual([
      [1, 1],
      [1, 2],
      [2, 3],
      [2, 4],
    ])
    expect(superseded.map((one) => [one.attempt, one.step])).toEqual([
      [1, 3],
      [1, 4],
    ])
  })

  test('training and evaluation of one step are one point', () => {
    const evaluation: Point = { attempt: 1, step: 1, at: 5, tokens: null, values: { evalLoss: 9 } }
    expect(mergeAttempts([point(1, 1), evaluation]).current).toMatchObject([{ step: 1, tokens: 10, values: { loss: 1, evalLoss: 9 } }])
  })

  test('for any attempts: steps rise, no step is there twice, nothing is lost, and later parts are of later attempts', () => {
    const attempt = fc.record({ start: fc.integer({ min: 0, max: 50 }), length: fc.integer({ min: 1, max: 50 }) })
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 5 }), (attempts) => {
        const points = attempts.flatMap(({ start, length }, at) => Array.from({ length }, (_, offset) => point(at + 1, start + offset)))
        const { current, superseded } = mergeAttempts(points)
        expect(current.length + superseded.length).toBe(points.length)
        for (let at = 1; at < current.length; at++) {
          expect(current[at]?.step).toBeGreaterThan(current[at - 1]?.step ?? Number.NaN)
          expect(current[at]?.attempt).toBeGreaterThanOrEqual(current[at - 1]?.attempt ?? Number.NaN)
        }
      }),
    )
  })
})

test('decimating keeps the ends, the extremes, the evaluations and the order', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 300, maxLength: 3000 }), fc.nat(299), (losses, evaluated) => {
      const points = losses.map((loss, step) => point(1, step, loss))
      const one = points[evaluated]
      if (one) one.values = { ...one.values, evalLoss: 1 }
      const kept = decimate(points, 200)
      expect(kept.length).toBeLessThanOrEqual(201)
      const values = kept.map((each) => each.values.loss ?? 0)
      expect([Math.min(...values), Math.max(...values)]).toEqual([Math.min(...losses), Math.max(...losses)])
      expect([kept[0], kept.at(-1)]).toEqual([points[0], points.at(-1)])
      expect(kept).toContain(points[evaluated])
      expect(kept.map((each) => each.step)).toEqual(kept.map((each) => each.step).toSorted((a, b) => a - b))
    }),
    { numRuns: 30 },
  )
})

test('smoothing leaves a constant as it is, keeps gaps, and is none at weight 0', () => {
  expect(smooth([2, 2, null, 2], 0.9).map((value) => value && Math.round(value * 1e9) / 1e9)).toEqual([2, 2, null, 2])
  expect(smooth([1, 5], 0)).toEqual([1, 5])
  expect(smooth([0, 10], 0.5)[1]).toBeCloseTo(20 / 3)
})

test('the log shows what is severe enough and holds every word', () => {
  const lines = [
    { level: 'info', text: 'Saved the model' },
    { level: 'warning', text: 'memory may run out' },
    { level: 'error', text: 'out of memory' },
  ]
  expect(filterLog(lines, 'warning', '')).toHaveLength(2)
  expect(filterLog(lines, 'debug', 'MEMORY out')).toHaveLength(2)
  expect(filterLog(lines, 'error', 'may')).toHaveLength(0)
})

describe('settings', () => {
  test('the defaults are written out and read back the same', () => {
    expect(DEFAULT_CONFIG).toMatchObject({ method: 'lora', lora: { r: 16, alpha: 32 }, optimisation: { batchSize: 8, maxSteps: null } })
    expect(readConfig(JSON.parse(JSON.stringify(DEFAULT_CONFIG)))).toEqual(DEFAULT_CONFIG)
  })

  test('what differs is named by its path; LoRA’s own settings count only for LoRA', () => {
    const other = RunConfig.parse({ optimisation: { learningRate: 1e-3 }, lora: { r: 8 } })
    expect(diffConfig(DEFAULT_CONFIG, other)).toEqual([
      { path: 'lora.r', from: 16, to: 8 },
      { path: 'optimisation.learningRate', from: 0.0005, to: 0.001 },
    ])
    const full = diffConfig(DEFAULT_CONFIG, { ...other, method: 'full' })
    expect(full).toContainEqual({ path: 'lora.r', from: 16, to: null })
    expect(full).toContainEqual({ path: 'method', from: 'lora', to: 'full' })
  })

  test.each([
    [{ optimisation: { learningRate: 0 } }, 'learningRate'],
    [{ optimisation: { batchSize: 1.5 } }, 'batchSize'],
    [{ lora: { r: 0 } }, 'r'],
    [{ lora: { targets: [] } }, 'targets'],
    [{ samples: { prompts: [{ id: 'a', messages: [] }] } }, 'messages'],
    [{ surprise: 1 }, 'surprise'],
  ])('%j is refused naming %s', (input, field) => {
    expect(JSON.stringify(RunConfig.safeParse(input).error?.issues)).toContain(field)
  })

  test('the trainer’s file has no LoRA part for a full run', () => {
    const config = RunConfig.parse({ method: 'full' })
    expect(runFile({ runId: 'r', attemptId: 'a', config, basePath: '/m', buildPath: '/b', resumeFrom: null })).toMatchObject({
      schemaVersion: 1,
      lora: null,
      method: 'full',
      baseModel: { path: '/m' },
    })
  })
})

describe('estimates', () => {
  const model = { parameters: 135e6, layers: 30, hiddenSize: 576, vocabularySize: 49_152, contextTokens: 8192 }
  const data = { rows: 540, tokens: 50_000, longestTokens: 300 }

  test('steps come from epochs and batch, or from the maximum', () => {
    expect(totalSteps(DEFAULT_CONFIG, 540)).toBe(204)
    expect(totalSteps(RunConfig.parse({ optimisation: { maxSteps: 7 } }), 540)).toBe(7)
  })

  test('full training needs more memory than LoRA, and checkpointing less than none', () => {
    const lora = estimateNeeds(DEFAULT_CONFIG, model, data)
    const full = estimateNeeds(RunConfig.parse({ method: 'full' }), model, data)
    const plain = estimateNeeds(RunConfig.parse({ optimisation: { gradientCheckpointing: false } }), model, data)
    expect(full.certainBytes).toBeGreaterThan(2 * lora.certainBytes)
    expect(plain.likelyBytes).toBeGreaterThan(lora.likelyBytes)
    expect(lora.likelyBytes / 2 ** 30).toBeGreaterThan(1)
    expect(lora.likelyBytes / 2 ** 30).toBeLessThan(8)
  })

  test('the time comes from arithmetic, and what was measured beats it', () => {
    const { seconds, basis } = estimateTime(DEFAULT_CONFIG, model, data, 50e9, null)
    expect(basis).toMatchObject({ passes: 6, parameters: 135e6, operationsPerSecond: 50e9 })
    expect(seconds).toBe((6 * 135e6 * basis.tokens) / 50e9)
    expect(estimateTime(DEFAULT_CONFIG, model, data, 50e9, 500)).toEqual({
      seconds: basis.tokens / 500,
      basis: { tokens: basis.tokens, tokensPerSecond: 500 },
    })
  })
})
