// The worker process: background jobs from the queue, and what is done every few seconds.
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { PgBoss } from 'pg-boss'
import { db } from '#lib/db.ts'
import { JOBS, type JobName } from '#lib/domain/job.ts'
import { log } from '#lib/log.ts'
import { ensureDemoBuild } from '#lib/services/demo-build.ts'
import { beat, hasOtherWorker, waitForDatabase } from '#lib/services/heartbeat.ts'
import { deleteLapsed, expireLeases } from '#lib/services/lease.ts'
import { closeSender, createQueue, enqueue, ensureQueues, releaseJobs } from '#lib/services/queue.ts'
import { sweepRuns } from '#lib/services/run-finalize.ts'
import { transact } from '#lib/services/transaction.ts'
import { sweepUnfinished } from '#lib/services/unfinished.ts'
import { HANDLERS } from './jobs.ts'

const POLL_SECONDS = 1
/** How long jobs may take to finish when the worker is asked to end. */
const GRACE_MS = 10_000

const worker = { id: randomUUID(), host: hostname(), pid: process.pid }
const ending = new AbortController()

async function listen<N extends JobName>(boss: PgBoss, name: N): Promise<void> {
  // Notifications tell of new jobs only; those that wait for their time, or for another try, are found by looking.
  const intervals = { pollingIntervalSeconds: POLL_SECONDS, notifyPollingIntervalSeconds: POLL_SECONDS }
  const options = { ...intervals, localConcurrency: JOBS[name].concurrency, batchSize: 1 }
  await boss.work(name, options, async (jobs) => {
    for (const job of jobs) {
      const started = performance.now()
      try {
        const data = JOBS[name].data.parse(job.data) as Parameters<(typeof HANDLERS)[N]>[0]
        await HANDLERS[name](data, AbortSignal.any([ending.signal, job.signal]))
        log.debug({ job: name, id: job.id, data: job.data, milliseconds: Math.round(performance.now() - started) }, 'job done')
      } catch (error) {
        // Thrown on, so that the queue repeats it; only once the database can take that down, or the job would wait until it is missed.
        log.error({ err: error, job: name, id: job.id, data: job.data }, 'job failed')
        await waitForDatabase(ending.signal)
        throw error
      }
    }
  })
}

/** Repeats `work` with a pause in between, whatever becomes of one round. */
async function every(seconds: number, name: string, work: () => Promise<unknown>): Promise<void> {
  while (!ending.signal.aborted) {
    await work().catch((error: unknown) => log.warn({ err: error, task: name }, 'repeated task failed'))
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000)
      ending.signal.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    })
  }
}

async function main(): Promise<void> {
  const boss = createQueue({ isWorker: true })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => ending.abort())
  await boss.start()
  await ensureQueues(boss)
  const released = (await hasOtherWorker(worker)) ? 0 : await releaseJobs(boss)
  if (released > 0) log.warn({ jobs: released }, 'jobs of a worker that died go on')
  await Promise.all((Object.keys(JOBS) as JobName[]).map((name) => listen(boss, name)))
  // In the background: labelling never waits for the trainer. When all is there this takes a second.
  await transact((tx) => enqueue(tx, 'trainer.prepare', {}, { key: 'trainer-environment' }))
  log.info({ ...worker }, 'worker started')
  await Promise.all([
    every(5, 'heartbeat', () => beat(worker)),
    every(5, 'leases', expireLeases),
    every(3600, 'lapsed drafts', deleteLapsed),
    every(30, 'runs', sweepRuns),
    every(30, 'unfinished', sweepUnfinished),
    every(15, 'demo', ensureDemoBuild),
  ])
  log.info('worker ending')
  await boss.stop({ graceful: true, timeout: GRACE_MS })
  await closeSender()
  await db.$disconnect()
}

await main()
process.exit(0)
