import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import { beat, hasOtherWorker } from '#lib/services/heartbeat.ts'
import { invoke } from '#lib/services/operation.ts'
import { closeSender, createQueue, enqueue, ensureQueues, releaseJobs } from '#lib/services/queue.ts'
import { submitReview } from '#lib/services/review.ts'
import { freezeSnapshot } from '#lib/services/snapshot.ts'
import { runFreeze } from '#lib/services/snapshot-freeze.ts'
import { transact } from '#lib/services/transaction.ts'
import { sweepUnfinished } from '#lib/services/unfinished.ts'
import { as, buildProject, buildPrompt, buildSubmission, join } from '../support/world.ts'

const boss = createQueue({ isWorker: false })

beforeAll(async () => {
  await boss.start()
  await ensureQueues(boss)
})

afterAll(async () => {
  await boss.stop({ graceful: false })
  await closeSender()
})

async function freeze() {
  const project = await buildProject()
  const [engineer, reviewer, author] = [await join(project.id, 'engineer'), await join(project.id, 'reviewer'), await join(project.id, 'labeller')]
  await buildPrompt(project.id)
  const { conversationId, revisionId } = await buildSubmission(project.id, author)
  await invoke(submitReview, { conversationId, revisionId, verdict: 'approve' }, as(reviewer))
  const { id } = await invoke(freezeSnapshot, { projectId: project.id, name: 'all' }, as(engineer))
  return { projectId: project.id, engineer, snapshotId: id }
}

/** A build with its job, as startBuild leaves it; no model's files are needed for that. */
async function queueBuild() {
  const { projectId, snapshotId, engineer } = await freeze()
  await runFreeze({ snapshotId })
  const model = await db.model.create({ data: { kind: 'base', name: randomUUID(), state: 'ready', details: {} } })
  const build = await db.build.create({
    data: { projectId, snapshotId, modelId: model.id, recipe: {}, recipeHash: 'none', createdById: engineer.userId, state: 'building' },
  })
  await transact((tx) => enqueue(tx, 'build.run', { buildId: build.id }, { key: build.id }))
  return build.id
}

/** What is left of a job whose tries are used up. */
const exhaust = (key: string) => db.$executeRaw`UPDATE pgboss.job SET state = 'failed' WHERE singleton_key = ${key}`

describe('a freeze or build whose job has used up its tries', () => {
  test('is left alone while its job waits, and fails with a cure when there is none', async () => {
    const { snapshotId } = await freeze()
    const buildId = await queueBuild()
    await sweepUnfinished()
    expect(await db.snapshot.findUniqueOrThrow({ where: { id: snapshotId } })).toMatchObject({ state: 'freezing' })
    expect(await db.build.findUniqueOrThrow({ where: { id: buildId } })).toMatchObject({ state: 'building' })
    await exhaust(snapshotId)
    await exhaust(buildId)
    await sweepUnfinished()
    expect(await db.snapshot.findUniqueOrThrow({ where: { id: snapshotId } })).toMatchObject({ state: 'failed', failure: { code: 'interrupted' } })
    const build = await db.build.findUniqueOrThrow({ where: { id: buildId } })
    expect(build).toMatchObject({ state: 'failed', failure: { code: 'interrupted', cure: expect.stringContaining('again') } })
    expect(build.finishedAt).not.toBeNull()
  })
})

describe('jobs of a worker that died', () => {
  test('are given back and can be fetched again', async () => {
    const buildId = await queueBuild()
    const fetched = await boss.fetch<{ buildId: string }>('build.run', { batchSize: 100 })
    expect(fetched.map((job) => job.data.buildId)).toContain(buildId)
    expect(await releaseJobs(boss)).toBe(fetched.length)
    const [job] = await boss.findJobs('build.run', { key: buildId })
    expect(job).toMatchObject({ state: 'retry' })
    expect(await releaseJobs(boss)).toBe(0)
  })

  test('are not touched while another worker lives, here or elsewhere', async () => {
    const me = { id: randomUUID(), host: hostname(), pid: process.pid }
    await beat(me)
    expect(await hasOtherWorker(me)).toBe(false)
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    const ended = new Promise((resolve) => other.once('exit', resolve))
    await beat({ id: randomUUID(), host: hostname(), pid: other.pid ?? 0 })
    expect(await hasOtherWorker(me)).toBe(true)
    other.kill('SIGKILL')
    await ended
    expect(await hasOtherWorker(me)).toBe(false)
    await beat({ id: 'elsewhere', host: 'another-machine', pid: 4711 })
    expect(await hasOtherWorker(me)).toBe(true)
    await db.$executeRaw`UPDATE "worker_heartbeat" SET "beatAt" = now() - interval '16 seconds' WHERE id = 'elsewhere'`
    expect(await hasOtherWorker(me)).toBe(false)
  })
})
