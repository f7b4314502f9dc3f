import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import { downloadModelFile, getModel, listModels, registerEndpoint, registerModel, removeModel } from '#lib/services/model.ts'
import { invoke } from '#lib/services/operation.ts'
import { closeSender } from '#lib/services/queue.ts'
import { generateReply, recordComparison } from '#lib/services/reply.ts'
import { startRun } from '#lib/services/run.ts'
import { getRunDefaults, preflightRun } from '#lib/services/run-preflight.ts'
import { getTrainerEnvironment, retryTrainerEnvironment } from '#lib/services/trainer-environment.ts'
import { buildTrainable, openTrainer, type Trainable, tinyConfig } from '../support/trainer.ts'
import { as, buildPerson, refusal } from '../support/world.ts'

/** Answers as OpenAI's chat completions stream does; `/broken` breaks off, `/refusing` refuses. The real server is tried in the browser tests. */
function openEndpoint(): Promise<{ server: Server; address: string; seen: unknown[] }> {
  const seen: unknown[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    seen.push({ authorization: request.headers.authorization, ...JSON.parse(text) })
    if (request.url?.startsWith('/refusing'))
      return response.writeHead(429, { 'content-type': 'application/json' }).end('{"error":{"message":"slow down"}}')
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const first = `data: ${JSON.stringify({ choices: [{ delta: { content: 'I do ' } }] })}\n\n`
    if (request.url?.startsWith('/broken')) return response.write(first, () => setImmediate(() => response.destroy()))
    response.write(first)
    response.write(
      `data: ${JSON.stringify({ choices: [{ delta: { content: 'not know.' }, finish_reason: 'stop' }], usage: { completion_tokens: 4 } })}\n\n`,
    )
    response.end('data: [DONE]\n\n')
    return undefined
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }))
  })
}

describe('models', { timeout: 120_000 }, () => {
  let data: Trainable
  let endpoint: Awaited<ReturnType<typeof openEndpoint>>
  const folder = mkdtempSync(path.join(tmpdir(), 'exemplar-model-'))
  beforeAll(async () => {
    data = await buildTrainable(await openTrainer(), 8)
    endpoint = await openEndpoint()
  }, 600_000)
  afterAll(async () => {
    endpoint.server.close()
    rmSync(folder, { recursive: true, force: true })
    await closeSender()
  })

  const ask = async (modelId: string) => {
    const parts = await invoke(
      generateReply,
      { projectId: data.project.id, modelId, messages: [{ role: 'user', content: 'Who was it?' }], temperature: 0.5 },
      as(data.engineer),
    )
    const all: unknown[] = []
    for await (const part of parts) all.push(part)
    return all
  }
  const register = async (name: string, place: string, apiKey: string | null = null) =>
    (await invoke(registerEndpoint, { name, baseUrl: `${endpoint.address}${place}`, model: 'big', apiKey }, as(await buildPerson({ isAdmin: true }))))
      .id

  test('a folder is registered, and one with a missing file is refused by that file’s name', async () => {
    const { project, engineer, modelId } = data
    const base = await invoke(getModel, { projectId: project.id, modelId }, as(engineer))
    cpSync(base.path ?? '', folder, { recursive: true })
    const registered = await invoke(registerModel, { projectId: project.id, name: 'copy', path: folder, licence: 'Apache-2.0' }, as(engineer))
    expect(registered).toMatchObject({ kind: 'base', contentHash: base.contentHash, projectId: project.id })
    expect((await invoke(listModels, { projectId: project.id }, as(engineer))).items.map(({ name }) => name)).toContain('copy')
    expect(await refusal(invoke(registerModel, { projectId: project.id, name: 'copy', path: folder }, as(engineer)))).toMatchObject({
      code: 'already-exists',
    })
    await invoke(removeModel, { projectId: project.id, modelId: registered.id }, as(engineer))
    rmSync(path.join(folder, 'tokenizer.json'))
    const refused = await refusal(invoke(registerModel, { projectId: project.id, name: 'broken', path: folder }, as(engineer)))
    expect(refused).toMatchObject({
      code: 'model-invalid',
      message: expect.stringContaining('tokenizer.json'),
      data: { finding: { group: 'model', code: 'file-missing', facts: { file: 'tokenizer.json' } } },
    })
    writeFileSync(path.join(folder, 'tokenizer.json'), '{')
    expect(await refusal(invoke(registerModel, { projectId: project.id, name: 'broken', path: folder }, as(engineer)))).toMatchObject({
      code: 'model-invalid',
    })
  })

  test('a model in use stays', async () => {
    const admin = await buildPerson({ isAdmin: true })
    const { project, modelId } = data
    const refused = await refusal(invoke(removeModel, { projectId: project.id, modelId }, as({ ...data.engineer, isAdmin: true })))
    expect(refused).toMatchObject({ code: 'in-use', data: { builds: 1 } })
    expect(admin.isAdmin).toBe(true)
  })

  test('only files a model lists can be had', async () => {
    const { project, modelId, engineer } = data
    const refused = await refusal(invoke(downloadModelFile, { projectId: project.id, modelId, path: '../secrets.json' }, as(engineer)))
    expect(refused).toMatchObject({ code: 'not-found' })
    const model = await db.model.create({
      data: {
        projectId: project.id,
        kind: 'tuned',
        name: 'with files',
        path: folder,
        details: { files: [{ path: 'config.json', bytes: 1, sha256: 'x' }] },
      },
    })
    const blob = await invoke(downloadModelFile, { projectId: project.id, modelId: model.id, path: 'config.json' }, as(engineer))
    expect(JSON.parse(await blob.text())).toHaveProperty('architectures')
  })

  test('an endpoint’s answer streams, its key is sent there and shown nowhere', async () => {
    const id = await register('endpoint', '/v1', 'sk-very-secret')
    expect(await ask(id)).toEqual([
      { type: 'text', text: 'I do ' },
      { type: 'text', text: 'not know.' },
      { type: 'done', finish: 'stop', tokens: 4, tokensPerSecond: expect.any(Number) },
    ])
    expect(endpoint.seen.at(-1)).toMatchObject({ authorization: 'Bearer sk-very-secret', model: 'big', temperature: 0.5 })
    const shown = await invoke(getModel, { projectId: data.project.id, modelId: id }, as(data.engineer))
    expect(shown.endpoint).toEqual({ baseUrl: `${endpoint.address}/v1`, model: 'big', hasKey: true })
    expect(JSON.stringify(shown)).not.toContain('sk-very-secret')
    expect(
      JSON.stringify(await db.model.findUniqueOrThrow({ where: { id } }), (_key, value) => (typeof value === 'bigint' ? Number(value) : value)),
    ).not.toContain('sk-very-secret')
  })

  test('an answer that breaks off says so in the stream; one that never began is a refusal', async () => {
    const broken = await ask(await register('broken', '/broken'))
    expect(broken[0]).toEqual({ type: 'text', text: 'I do ' })
    expect(broken.at(-1)).toMatchObject({ type: 'error', code: expect.stringMatching(/./), message: expect.stringMatching(/\.$/) })
    const refused = await refusal(ask(await register('refusing', '/refusing')))
    expect(refused).toMatchObject({
      code: 'model-not-ready',
      message: expect.stringContaining('429'),
      data: { finding: { group: 'reply', code: 'endpoint-busy', facts: { status: 429 } } },
    })
  })

  test('only an admin registers an endpoint', async () => {
    const input = { name: 'mine', baseUrl: `${endpoint.address}/v1`, model: 'x' }
    expect(await refusal(invoke(registerEndpoint, input, as(data.engineer)))).toMatchObject({ code: 'forbidden' })
  })

  test('a comparison is kept with the hashes of what was compared, not with the texts', async () => {
    const { project, engineer, modelId } = data
    const result = await invoke(
      recordComparison,
      {
        projectId: project.id,
        messages: [{ role: 'user', content: 'Who?' }],
        a: { modelId, text: 'A secret answer' },
        b: { modelId, text: 'B' },
        choice: 'a',
        isBlind: true,
      },
      as(engineer),
    )
    expect(result).toEqual({ winnerModelId: modelId })
    const event = await db.auditEvent.findFirstOrThrow({ where: { chainId: project.id, event: 'answers.compared' } })
    expect(event.data).toMatchObject({ choice: 'a', isBlind: true, a: { textHash: expect.stringMatching(/^[0-9a-f]{64}$/) } })
    expect(JSON.stringify(event.data)).not.toContain('secret')
  })

  test('preflight names what is wrong, and the same refuses the start', async () => {
    const { project, engineer, buildId, modelId } = data
    const { config } = await invoke(getRunDefaults, { projectId: project.id, buildId }, as(engineer))
    expect(config.samples.prompts.length).toBeGreaterThan(0)
    const fine = await invoke(preflightRun, { projectId: project.id, buildId, modelId, config: tinyConfig(5) }, as(engineer))
    expect(fine).toMatchObject({ canStart: true, steps: 5 })
    const huge = tinyConfig(5, { checkpoints: { keep: 100 }, lora: { r: 512 } })
    expect((await invoke(preflightRun, { projectId: project.id, buildId, modelId, config: huge }, as(engineer))).checks.length).toBeGreaterThan(5)
    const other = await db.model.create({ data: { projectId: project.id, kind: 'base', name: 'elsewhere', path: '/nowhere', details: {} } })
    const refused = await refusal(invoke(startRun, { projectId: project.id, buildId, modelId: other.id, config: tinyConfig(5) }, as(engineer)))
    expect(refused).toMatchObject({ code: 'preflight-failed', message: expect.stringContaining('/nowhere') })
    expect(refused.data.checks).toContainEqual(
      expect.objectContaining({
        code: 'model',
        level: 'error',
        reason: 'model-unusable',
        facts: expect.objectContaining({ fault: 'folder-missing', folder: '/nowhere' }),
      }),
    )
    // Refused before anything was written: no run, no job, no event.
    expect(await db.run.count({ where: { projectId: project.id } })).toBe(0)
    expect(await db.auditEvent.count({ where: { chainId: project.id, event: 'run.started' } })).toBe(0)
    const jobs = await db.$queryRaw<{ count: number }[]>`SELECT count(*)::int AS count FROM pgboss.job WHERE name = 'run.submit'`
    expect(jobs).toEqual([{ count: 0 }])
  })

  test('the trainer’s state is there to see, and a ready one is not made again', async () => {
    const { project, engineer } = data
    expect(await invoke(getTrainerEnvironment, { projectId: project.id }, as(engineer))).toMatchObject({ state: 'ready', progress: 1 })
    expect(await invoke(retryTrainerEnvironment, { projectId: project.id }, as(engineer))).toMatchObject({ state: 'ready' })
  })
})
