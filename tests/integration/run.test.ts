import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { localBackend } from '#lib/adapters/training/local.ts'
import { db } from '#lib/db.ts'
import { home } from '#lib/home.ts'
import { getModel } from '#lib/services/model.ts'
import { invoke } from '#lib/services/operation.ts'
import { closeSender } from '#lib/services/queue.ts'
import { renameRun, resumeRun, stopRun } from '#lib/services/run.ts'
import { submitRun } from '#lib/services/run-attempt.ts'
import { removeRunFiles } from '#lib/services/run-files.ts'
import { finalizeRun, sweepRuns } from '#lib/services/run-finalize.ts'
import { readHandle } from '#lib/services/run-handle.ts'
import { getRun, getRunSeries, listRunEvents, listRuns } from '#lib/services/run-read.ts'
import { reconcileRun } from '#lib/services/run-reconcile.ts'
import {
  buildTrainable,
  drive,
  folderOf,
  hasSuiteVenv,
  latestOf,
  launch,
  openTrainer,
  type Trainable,
  tinyConfig,
  turn,
  until,
} from '../support/trainer.ts'
import { as, refusal } from '../support/world.ts'

const LONG = 600

type PidFile = { pid: number; child: { pid: number } }
const pidsOf = async (runId: string): Promise<PidFile> => JSON.parse(readFileSync(path.join(await folderOf(runId), 'pid.json'), 'utf8'))

const eventsOf = async (runId: string, engineer: Trainable['engineer']) => (await invoke(listRunEvents, { runId, limit: 2000 }, as(engineer))).items
const stepsOf = async (runId: string) =>
  (await db.runEvent.findMany({ where: { attempt: { runId }, type: 'metrics' } })).map((event) => event.step ?? 0)
/** The names of the checkpoints on the disk, of all attempts. */
async function checkpointsOf(runId: string): Promise<string[]> {
  const attempts = await db.attempt.findMany({ where: { runId } })
  const folders = attempts.map(({ id }) => path.join(home.runs, id, 'checkpoints')).filter((folder) => existsSync(folder))
  return folders.flatMap((folder) => readdirSync(folder)).sort()
}
const reach = (runId: string, step: number) =>
  until(`step ${step}`, async () => {
    await turn(runId)
    return (await stepsOf(runId)).some((seen) => seen >= step)
  })

describe.skipIf(!hasSuiteVenv)('a run with the real trainer on the tiny model', { timeout: 900_000 }, () => {
  let data: Trainable
  const started: string[] = []
  const begin = async (steps: number, name = '') => {
    const { id } = await launch(data, tinyConfig(steps), name)
    started.push(id)
    return id
  }

  beforeAll(async () => {
    data = await buildTrainable(await openTrainer())
  }, 600_000)

  afterAll(async () => {
    for (const runId of started) {
      for (const attempt of await db.attempt.findMany({ where: { runId } })) {
        const handle = readHandle(attempt.handle)
        if (handle) await localBackend.stop(handle, 'kill')
      }
    }
    await closeSender()
  })

  test('goes from queued to a registered model, with curves, samples, checkpoints and lineage', async () => {
    const runId = await begin(20, 'first')
    await drive(runId, 'succeeded', 'failed')
    const run = await invoke(getRun, { runId }, as(data.engineer))
    expect(run).toMatchObject({ state: 'succeeded', name: 'first', latest: { step: 20, totalSteps: 20 }, canStop: false, canResume: false })
    expect(run.attempts).toMatchObject([{ number: 1, state: 'succeeded', exitCode: 0, origin: 'start' }])
    // The last step leaves the output, not a checkpoint.
    // Three were saved; the trainer keeps the newest two.
    expect(run.checkpoints.map((checkpoint) => checkpoint.step)).toEqual([10, 15])
    expect(run.lineage).toMatchObject({ authors: 1, reviewers: 1, snapshot: { id: data.snapshotId, rows: 12 }, build: { id: data.buildId } })
    const model = await invoke(getModel, { projectId: data.project.id, modelId: run.tunedModelId ?? '' }, as(data.engineer))
    expect(model).toMatchObject({ kind: 'tuned', name: 'first', isAdapter: true, baseModelId: data.modelId, lineage: { buildId: data.buildId } })
    expect(existsSync(path.join(model.adapterPath ?? '', 'adapter_model.safetensors'))).toBe(true)
    const events = await eventsOf(runId, data.engineer)
    expect(events[0]).toMatchObject({ type: 'phase', seq: 1, payload: { name: 'libraries' } })
    const order = events.filter(({ type }) => type === 'phase' || type === 'start').map(({ type, payload }) => payload.name ?? type)
    expect(order).toEqual(['libraries', 'inputs', 'model', 'rows', 'start', 'baseline', 'first-answers', 'first-step', 'output'])
    expect(events.at(-1)).toMatchObject({ type: 'end', payload: { status: 'succeeded' } })
    expect(new Set(events.filter((event) => event.type === 'sample').map((event) => event.step))).toEqual(new Set([0, 10, 20]))
    const series = await invoke(getRunSeries, { runId }, as(data.engineer))
    expect(series.current.step.filter((_, at) => series.current.loss[at] !== null)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1))
    expect(series.current.evalLoss.filter((loss) => loss !== null).length).toBeGreaterThanOrEqual(3)
    const first = series.current.loss[1] ?? 0
    expect(series.current.loss.at(-1)).toBeLessThan(first)
    expect((await invoke(listRuns, { projectId: data.project.id }, as(data.engineer))).items[0]).toMatchObject({ id: runId, state: 'succeeded' })
    expect(await invoke(renameRun, { runId, name: 'first, renamed' }, as(data.engineer))).toMatchObject({ name: 'first, renamed' })
    // Whatever is repeated afterwards changes nothing.
    await sweepRuns()
    const before = await db.run.findUniqueOrThrow({ where: { id: runId } })
    await submitRun({ runId })
    await reconcileRun({ runId })
    await finalizeRun({ runId })
    await sweepRuns()
    expect(await db.run.findUniqueOrThrow({ where: { id: runId } })).toEqual(before)
    expect(await db.model.count({ where: { runId } })).toBe(1)
  })

  test('stopped with a checkpoint it is paused; resumed it ends at the same step, and every event is there once', async () => {
    const runId = await begin(60)
    await reach(runId, 8)
    expect(await invoke(stopRun, { runId }, as(data.engineer))).toMatchObject({ state: 'stopping', desired: 'pause' })
    await drive(runId, 'paused', 'failed', 'succeeded')
    const paused = await invoke(getRun, { runId }, as(data.engineer))
    expect(paused).toMatchObject({ state: 'paused', canResume: true, attempts: [{ state: 'paused', exitCode: 75 }] })
    const saved = paused.checkpoints.at(-1)?.step ?? 0
    expect(saved).toBe(paused.latest?.step)
    await invoke(resumeRun, { runId }, as(data.engineer))
    await drive(runId, 'succeeded', 'failed')
    const run = await invoke(getRun, { runId }, as(data.engineer))
    expect(run.attempts).toMatchObject([{ number: 1 }, { number: 2, origin: 'resume', resumedFrom: `checkpoint-${saved}`, state: 'succeeded' }])
    expect((await stepsOf(runId)).sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, at) => at + 1))
    // Two attempts kept two checkpoints each while it could be resumed; now the settings' two are left, the newest.
    expect(await checkpointsOf(runId)).toHaveLength(4)
    await sweepRuns()
    expect(await checkpointsOf(runId)).toEqual(['checkpoint-50', 'checkpoint-55'])
    expect(run.checkpoints.map((checkpoint) => checkpoint.name)).toEqual(['checkpoint-50', 'checkpoint-55'])
  })

  test('the files of an ended run go when a person says so; its tuned model and its curves stay', async () => {
    const runId = await begin(6)
    await drive(runId, 'succeeded', 'failed')
    expect(await refusal(invoke(removeRunFiles, { runId }, as(data.author)))).toMatchObject({ code: 'forbidden' })
    const before = await invoke(getRun, { runId }, as(data.engineer))
    expect(before).toMatchObject({ canRemoveFiles: true, filesRemovedAt: null })
    const after = await invoke(removeRunFiles, { runId }, as(data.engineer))
    expect(after).toMatchObject({ canRemoveFiles: false, filesRemovedAt: expect.any(Date), checkpoints: [], tunedModelId: before.tunedModelId })
    expect(readdirSync(await folderOf(runId))).toEqual(['output'])
    const { adapterPath } = await invoke(getModel, { projectId: data.project.id, modelId: before.tunedModelId ?? '' }, as(data.engineer))
    expect(existsSync(path.join(adapterPath ?? '', 'adapter_model.safetensors'))).toBe(true)
    expect((await invoke(getRunSeries, { runId }, as(data.engineer))).current.step.length).toBeGreaterThan(0)
    const event = await db.auditEvent.findFirstOrThrow({ where: { chainId: data.project.id, event: 'run.files-removed' } })
    expect(event).toMatchObject({ subjectId: runId, data: { isModelKept: true } })
  })

  test('a killed trainer is found dead and its run goes on by itself from the newest whole checkpoint', async () => {
    const runId = await begin(LONG)
    await reach(runId, 12)
    const { pid, child } = await pidsOf(runId)
    process.kill(child.pid, 'SIGKILL')
    process.kill(pid, 'SIGKILL')
    await until('a second attempt', async () => {
      await turn(runId)
      return (await latestOf(runId)).number === 2
    })
    const [lost, next] = await db.attempt.findMany({ where: { runId }, orderBy: { number: 'asc' } })
    expect(lost).toMatchObject({ state: 'lost', reason: 'lost' })
    expect(next).toMatchObject({ origin: 'recovery', resumeFrom: expect.stringMatching(/checkpoint-\d+$/) })
    await reach(runId, 20)
    await invoke(stopRun, { runId, mode: 'cancel' }, as(data.engineer))
    await drive(runId, 'cancelled')
    await invoke(removeRunFiles, { runId }, as(data.engineer))
    expect(existsSync(await folderOf(runId))).toBe(false)
    const series = await invoke(getRunSeries, { runId }, as(data.engineer))
    expect(series.current.step).toEqual([...new Set(series.current.step)].sort((a, b) => a - b))
  })

  test('without its supervisor a trainer saves and leaves, and only then a second attempt starts', async () => {
    const runId = await begin(LONG)
    await reach(runId, 7)
    process.kill((await pidsOf(runId)).pid, 'SIGKILL')
    await until('a second attempt', async () => {
      await turn(runId)
      return (await latestOf(runId)).number === 2
    })
    const [first] = await db.attempt.findMany({ where: { runId }, orderBy: { number: 'asc' } })
    const ended = await db.runEvent.findFirst({ where: { attemptId: first?.id ?? '', type: 'end' } })
    expect(ended?.payload).toMatchObject({ status: 'stopped', exit_code: 75 })
    await invoke(stopRun, { runId, mode: 'cancel' }, as(data.engineer))
    await drive(runId, 'cancelled')
  })

  test('submitting twice, or again after a crash before it was written down, starts one trainer', async () => {
    const runId = await begin(LONG)
    await Promise.all([submitRun({ runId }), submitRun({ runId })])
    const attempt = await latestOf(runId)
    expect(attempt.number).toBe(1)
    const { pid } = await pidsOf(runId)
    // As if the worker had died between starting the trainer and saying so.
    await db.run.update({ where: { id: runId }, data: { state: 'preparing' } })
    await db.attempt.update({ where: { id: attempt.id }, data: { handle: undefined } })
    await submitRun({ runId })
    expect((await pidsOf(runId)).pid).toBe(pid)
    expect(await db.attempt.count({ where: { runId } })).toBe(1)
    await invoke(stopRun, { runId, mode: 'cancel' }, as(data.engineer))
    await drive(runId, 'cancelled')
  })

  test('a second run waits for the machine and starts when it is free', async () => {
    const first = await begin(LONG)
    await drive(first, 'running')
    expect(await refusal(invoke(removeRunFiles, { runId: first }, as(data.engineer)))).toMatchObject({ code: 'illegal-transition' })
    const second = await begin(3)
    expect(await turn(second)).toBe('queued')
    expect(await invoke(getRun, { runId: second }, as(data.engineer))).toMatchObject({ state: 'queued', waitsFor: { id: first }, attempts: [] })
    await invoke(stopRun, { runId: first, mode: 'cancel' }, as(data.engineer))
    await drive(first, 'cancelled')
    await drive(second, 'succeeded', 'failed')
    expect((await db.run.findUniqueOrThrow({ where: { id: second } })).state).toBe('succeeded')
  })

  test('data the trainer refuses fail the run with the trainer’s own words and a cure', async () => {
    const runId = await begin(5)
    const { buildDirectory } = await import('#lib/adapters/artifacts/store.ts')
    const manifest = path.join(buildDirectory(data.buildId), 'manifest.json')
    const whole = readFileSync(manifest, 'utf8')
    const spoilt = JSON.parse(whole) as { files: { sha256: string }[] }
    for (const file of spoilt.files) file.sha256 = '0'.repeat(64)
    writeFileSync(manifest, JSON.stringify(spoilt))
    try {
      await drive(runId, 'failed', 'succeeded')
    } finally {
      writeFileSync(manifest, whole)
    }
    const run = await invoke(getRun, { runId }, as(data.engineer))
    expect(run).toMatchObject({
      state: 'failed',
      failure: { code: 'data', detail: expect.stringContaining('sha256 differs') },
      attempts: [{ exitCode: 65 }],
    })
  })

  test('an output that was damaged before it was registered fails the run and registers nothing', async () => {
    const runId = await begin(3)
    await until('the trainer to end', async () => {
      const run = await db.run.findUniqueOrThrow({ where: { id: runId } })
      if (run.state === 'queued') await submitRun({ runId })
      else await reconcileRun({ runId })
      return (await latestOf(runId).catch(() => null))?.state === 'succeeded'
    })
    writeFileSync(path.join(await folderOf(runId), 'output', 'adapter_model.safetensors'), 'not it')
    await finalizeRun({ runId })
    expect(await db.run.findUniqueOrThrow({ where: { id: runId } })).toMatchObject({ state: 'failed', failure: { code: 'output-damaged' } })
    expect(await db.model.count({ where: { runId } })).toBe(0)
  })
})
