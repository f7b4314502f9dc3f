import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gaugeOf } from '#lib/domain/sft/gauge.ts'
import { compileTemplate } from '#lib/domain/sft/template.ts'
import { createBrowserTokenizer } from '#lib/domain/sft/tokenizer/byte-bpe.ts'
import { cancelBuild, getBuild, listBuildFiles, listBuilds, startBuild } from '#lib/services/build.ts'
import { downloadBuild, downloadBuildFile } from '#lib/services/build-download.ts'
import { runBuild } from '#lib/services/build-run.ts'
import { getBuildHistogram, listLedger, verifyBuild } from '#lib/services/ledger.ts'
import { getModel } from '#lib/services/model.ts'
import { getBuildRow, renderExample } from '#lib/services/model-view.ts'
import { invoke } from '#lib/services/operation.ts'
import { closeSender } from '#lib/services/queue.ts'
import { listSnapshots } from '#lib/services/snapshot.ts'
import { getTokenizer } from '#lib/services/tokenizer.ts'
import { buildTrainable, openTrainer, type Trainable } from '../support/trainer.ts'
import { as, assistant, refusal, user } from '../support/world.ts'

describe('a build', { timeout: 120_000 }, () => {
  let data: Trainable
  beforeAll(async () => {
    data = await buildTrainable(await openTrainer(), 8)
  }, 600_000)
  afterAll(closeSender)

  const ledgerOf = async (outcome?: 'exported' | 'excluded' | 'truncated') =>
    (await invoke(listLedger, { buildId: data.buildId, limit: 200, ...(outcome ? { outcome } : {}) }, as(data.engineer))).items

  test('accounts for every candidate, lists its files, and gives them as they are', async () => {
    const { project, engineer, buildId } = data
    expect((await invoke(listSnapshots, { projectId: project.id }, as(engineer))).items).toMatchObject([{ id: data.snapshotId, rowCount: 8 }])
    const build = await invoke(getBuild, { buildId }, as(engineer))
    expect(build).toMatchObject({ state: 'ready', candidates: 8, exported: 8, excluded: 0, truncated: 0 })
    expect((await ledgerOf()).length).toBe(8)
    expect(await ledgerOf('excluded')).toEqual([])
    expect((await invoke(listBuilds, { projectId: project.id }, as(engineer))).items.map((item) => item.id)).toContain(buildId)
    const { items } = await invoke(listBuildFiles, { buildId }, as(engineer))
    const parquet = items.find((file) => file.path.endsWith('.parquet') && file.split === 'train')
    const blob = await invoke(downloadBuildFile, { buildId, path: parquet?.path ?? '' }, as(engineer))
    expect(blob.size).toBe(parquet?.bytes)
    expect(new TextDecoder().decode((await blob.bytes()).subarray(0, 4))).toBe('PAR1')
    expect(await refusal(invoke(downloadBuildFile, { buildId, path: '../../secrets.json' }, as(engineer)))).toMatchObject({ code: 'not-found' })
  })

  test('its whole folder comes as one archive that the system’s tar unpacks to the same files', async () => {
    const { engineer, buildId } = data
    const archive = await invoke(downloadBuild, { buildId }, as(engineer))
    if (!(archive instanceof File)) throw new Error('the archive has no name')
    expect(archive.name).toMatch(/^all-[0-9a-f]{12}\.tar$/)
    const folder = await mkdtemp(path.join(tmpdir(), 'exemplar-archive-'))
    try {
      await writeFile(path.join(folder, archive.name), await archive.bytes())
      execFileSync('tar', ['-xf', archive.name], { cwd: folder })
      const { items } = await invoke(listBuildFiles, { buildId }, as(engineer))
      for (const { path: name, sha256 } of items) {
        const bytes = await readFile(path.join(folder, path.basename(archive.name, '.tar'), name))
        expect(createHash('sha256').update(bytes).digest('hex'), name).toBe(sha256)
      }
    } finally {
      await rm(folder, { recursive: true })
    }
    const again = await invoke(downloadBuild, { buildId }, as(engineer))
    expect(await again.bytes()).toEqual(await archive.bytes())
  })

  test('its histogram counts the rows of its ledger', async () => {
    const { bars, longest, width } = await invoke(getBuildHistogram, { buildId: data.buildId }, as(data.engineer))
    const tokens = (await ledgerOf()).map((row) => row.tokens ?? 0)
    expect(bars.reduce((sum, count) => sum + count, 0)).toBe(8)
    expect(longest).toBe(Math.max(...tokens))
    expect(width * bars.length).toBeGreaterThan(longest)
  })

  test('a row read from its file is the row the preview renders', async () => {
    const { buildId, engineer, project, modelId } = data
    const row = await invoke(getBuildRow, { buildId, split: 'train', rowIndex: 0 }, as(engineer))
    expect(row.view.trained.some(Boolean)).toBe(true)
    expect(row.view.trained.every(Boolean)).toBe(false)
    const question = user('What is thing number 1?')
    const shown = await invoke(
      renderExample,
      { projectId: project.id, modelId, messages: [question, assistant('A thing.')], tools: [] },
      as(engineer),
    )
    expect(shown.view?.text).toContain('A thing.')
    expect(shown.view?.trained.some(Boolean)).toBe(true)
    const refused = await invoke(renderExample, { projectId: project.id, modelId, messages: [question], tools: [] }, as(engineer))
    expect(refused.refusal).toMatchObject({ code: 'nothing-trained' })
  })

  test('counted where it is written, a text is as long as the preview says', async () => {
    const { engineer, project, modelId } = data
    const model = await invoke(getModel, { projectId: project.id, modelId }, as(engineer))
    const responseHeaders = new Headers()
    const contentHash = model.contentHash ?? ''
    const files = await invoke(getTokenizer, { projectId: project.id, modelId, contentHash }, as(engineer, { responseHeaders }))
    expect(responseHeaders.get('cache-control')).toContain('immutable')
    const template = compileTemplate(files.chatTemplate, { tokens: files.specialTokens })
    const engine = { template, tokenizer: await createBrowserTokenizer(files.tokenizerJson) }
    const messages = [user('What is thing number 1? 你好'), assistant('A <|im_end|> thing.')]
    const { view } = await invoke(renderExample, { projectId: project.id, modelId, messages, tools: [] }, as(engineer))
    const gauge = await gaugeOf({ messages, tools: [] }, engine)
    expect(gauge).toMatchObject({ ok: true, tokens: view?.ids.length, trained: view?.trainedTokens })
    expect(gauge.ok && messages.map(({ id }) => gauge.perMessage[id])).toEqual(view?.perMessageTokens)
    const other = invoke(getTokenizer, { projectId: project.id, modelId, contentHash: 'other' }, as(engineer))
    expect(await refusal(other)).toMatchObject({ code: 'not-found', message: expect.stringContaining('other files') })
  })

  test('built again it is the same, byte for byte', async () => {
    const result = await invoke(verifyBuild, { buildId: data.buildId }, as(data.engineer))
    expect(result).toMatchObject({ isEqual: true, differences: [] })
  })

  test('cancelled before the worker comes to it, it is never made', async () => {
    const { project, engineer, snapshotId, modelId } = data
    const { id } = await invoke(startBuild, { projectId: project.id, snapshotId, modelId, recipe: { maxLength: 512 } }, as(engineer))
    await invoke(cancelBuild, { buildId: id }, as(engineer))
    await runBuild({ buildId: id })
    expect(await invoke(getBuild, { buildId: id }, as(engineer))).toMatchObject({ state: 'cancelled' })
    expect(await refusal(invoke(verifyBuild, { buildId: id }, as(engineer)))).toMatchObject({ code: 'build-not-ready' })
    expect(await refusal(invoke(downloadBuild, { buildId: id }, as(engineer)))).toMatchObject({ code: 'build-not-ready' })
  })

  test('a labeller sees nothing of it', async () => {
    expect(await refusal(invoke(getBuild, { buildId: data.buildId }, as(data.author)))).toMatchObject({ code: 'forbidden' })
  })
})
