// The whole way once on the real base model: registered, built for, trained for some steps, asked before and after by the
// real local server. The other tests of runs use a tiny model, which proves the pipe but not that it fits a real one.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { buildDirectory } from '#lib/adapters/artifacts/store.ts'
import { endServer } from '#lib/adapters/models/server.ts'
import { trainerPython, trainerVariables } from '#lib/adapters/training/environment.ts'
import { killProcess, livenessOf, ProcessIdentity } from '#lib/adapters/training/process.ts'
import { RunConfig } from '#lib/domain/training/config.ts'
import { home } from '#lib/home.ts'
import { getModel } from '#lib/services/model.ts'
import { invoke } from '#lib/services/operation.ts'
import { closeSender } from '#lib/services/queue.ts'
import { generateReply } from '#lib/services/reply.ts'
import { getRun, listRunEvents } from '#lib/services/run-read.ts'
import { buildTrainable, drive, hasSuiteModel, hasSuiteVenv, launch, openRealTrainer, type Trainable, until } from '../support/trainer.ts'
import { as } from '../support/world.ts'

const SEED = 3
const BATCH = 2

/** Short conversations of the demo about who the model is, with one turn each. */
function demoRows(count: number): [string, string][] {
  const Rows = z.array(z.object({ category: z.string(), messages: z.array(z.object({ content: z.string() })) }))
  const rows = Rows.parse(JSON.parse(readFileSync('prisma/seed/content/training.json', 'utf8')))
  return rows
    .filter(({ category, messages }) => category === 'identity' && messages.length === 2)
    .slice(0, count)
    .map(({ messages }) => [messages[0]?.content ?? '', messages[1]?.content ?? ''])
}

const ServeFile = ProcessIdentity.extend({ port: z.number(), token: z.string() })
const server = () => ServeFile.parse(JSON.parse(readFileSync(path.join(home.models, '.server', 'serve.json'), 'utf8')))

describe.skipIf(!hasSuiteVenv || !hasSuiteModel)('the real base model', { timeout: 600_000 }, () => {
  let data: Trainable
  let tunedId = ''

  beforeAll(async () => {
    data = await buildTrainable(await openRealTrainer(), demoRows(8))
  }, 600_000)

  afterAll(async () => {
    await endServer()
    await closeSender()
  })

  const open = (modelId: string, content: string, maxTokens: number) =>
    invoke(generateReply, { projectId: data.project.id, modelId, messages: [{ role: 'user', content }], maxTokens }, as(data.engineer))
  const ask = async (modelId: string, content: string) => {
    let text = ''
    let last: unknown = null
    for await (const part of await open(modelId, content, 12)) {
      if (part.type === 'text') text += part.text
      last = part
    }
    return { text, last }
  }

  test('is registered as it lies there', async () => {
    const model = await invoke(getModel, { projectId: data.project.id, modelId: data.modelId }, as(data.engineer))
    expect(model).toMatchObject({ name: 'SmolLM2-135M-Instruct', kind: 'base', licence: 'Apache-2.0', injectedIdentity: null })
    expect(model.details).toMatchObject({ architecture: 'LlamaForCausalLM', parameters: 134_515_008, layers: 30, contextTokens: 8192 })
  })

  test('trains, and its first losses are the hand-computed ones', async () => {
    const config = RunConfig.parse({
      optimisation: { maxSteps: 3, batchSize: BATCH, seed: SEED, dtype: 'float32', gradientCheckpointing: false },
      evaluation: { everySteps: 3 },
      samples: { everySteps: null, maxNewTokens: 4, prompts: [{ id: 'who', messages: [{ role: 'user', content: 'Who are you?' }] }] },
    })
    const { id: runId } = await launch(data, config, 'some steps')
    await drive(runId, 'succeeded', 'failed')
    const run = await invoke(getRun, { runId }, as(data.engineer))
    expect(run).toMatchObject({ state: 'succeeded', failure: null, latest: { step: 3, totalSteps: 3 } })
    tunedId = run.tunedModelId ?? ''
    const { items } = await invoke(listRunEvents, { runId, limit: 2000 }, as(data.engineer))
    const of = (type: string, key: string) => items.filter((event) => event.type === type).map((event) => Number(event.payload[key]))
    const losses = of('metrics', 'loss')
    expect(losses).toHaveLength(3)
    expect(losses.every(Number.isFinite)).toBe(true)
    const script = [
      'tests/python/first_loss.py',
      path.join(home.models, 'smollm2-135m-instruct'),
      buildDirectory(data.buildId),
      `${BATCH}`,
      `${SEED}`,
    ]
    const wanted = JSON.parse(execFileSync(trainerPython(), script, { env: trainerVariables(), encoding: 'utf8' })) as Record<string, number>
    expect(Math.abs((losses[0] ?? 0) - (wanted.train ?? 0))).toBeLessThan(1e-3)
    expect(Math.abs((of('eval', 'eval_loss')[0] ?? 0) - (wanted.validation ?? 0))).toBeLessThan(1e-3)
    expect(of('eval', 'eval_loss').at(-1)).toBeLessThan(wanted.validation ?? 0)
  })

  test('base and tuned answer from one server, the same each time', async () => {
    const base = await ask(data.modelId, 'What is the capital of France?')
    expect(base.text).toContain('Paris')
    expect(base.last).toMatchObject({ type: 'done', tokens: expect.any(Number), tokensPerSecond: expect.any(Number) })
    const { pid } = server()
    const tuned = await ask(tunedId, 'What is the capital of France?')
    expect(tuned.last).toMatchObject({ type: 'done' })
    expect(tuned.text).not.toBe('')
    expect(await ask(data.modelId, 'What is the capital of France?')).toMatchObject({ text: base.text })
    expect(server().pid).toBe(pid)
  })

  test('a server killed in the middle of an answer is said clearly, and the next question has a new one', async () => {
    const parts = await open(data.modelId, 'Tell me a long story about the sea.', 2000)
    const before = server()
    const seen = []
    for await (const part of parts) {
      if (seen.length === 0) await killProcess(before)
      seen.push(part)
    }
    expect(seen[0]).toMatchObject({ type: 'text' })
    expect(seen.at(-1)).toEqual({
      type: 'error',
      code: 'ended-midway',
      facts: {},
      message: 'The model server ended in the middle of the answer.',
      cure: expect.stringContaining('Try again'),
    })
    expect((await ask(data.modelId, 'What is the capital of France?')).text).toContain('Paris')
    expect(server().pid).not.toBe(before.pid)
  })

  test('a reader who leaves ends the generation', async () => {
    for await (const part of await open(data.modelId, 'Tell me a long story about the sea.', 4000)) {
      expect(part.type).toBe('text')
      break
    }
    const { port, token } = server()
    await until('the server to be idle', async () => {
      const response = await fetch(`http://127.0.0.1:${port}/health`, { headers: { authorization: `Bearer ${token}` } })
      return ((await response.json()) as { busy: boolean }).busy === false
    })
  })

  test('the server ends with the product', async () => {
    const running = server()
    await endServer()
    expect(await livenessOf(running)).toBe('dead')
    await endServer()
  })
})
