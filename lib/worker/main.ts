// The worker process: background jobs from the queue, and what is done every few seconds.
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PgBoss } from 'pg-boss'
import { closeDatabase } from '#lib/db.ts'
import { JOBS, type JobName } from '#lib/domain/job.ts'
import { log } from '#lib/log.ts'
import { withRequestId } from '#lib/request-id.ts'
import { hasOtherWorker, waitForDatabase } from '#lib/services/heartbeat.ts'
import { closeSender, createQueue, enqueue, ensureQueues, releaseJobs } from '#lib/services/queue.ts'
import { transact } from '#lib/services/transaction.ts'
import { perform } from './jobs.ts'
import { REPEATED, type WorkerIdentity } from './repeated.ts'

const POLL_SECONDS = 1
/** How long jobs may take to finish when the worker is asked to end. */
const GRACE_MS = 10_000

const worker: WorkerIdentity = { id: randomUUID(), host: hostname(), pid: process.pid }
const ending = new AbortController()

async function listen<N extends JobName>(boss: PgBoss, name: N): Promise<void> {
  // Notifications tell of new jobs only; those that wait for their time, or for another try, are found by looking.
  const intervals = { pollingIntervalSeconds: POLL_SECONDS, notifyPollingIntervalSeconds: POLL_SECONDS }
  const options = { ...intervals, localConcurrency: JOBS[name].concurrency, batchSize: 1 }
  await boss.work(name, options, async (jobs) => {
    for (const job of jobs) {
      try {
        await perform(name, job, AbortSignal.any([ending.signal, job.signal]))
      } catch (error) {
        // Thrown on, so that the queue repeats it; only once the database can take that down, or the job would wait until it is missed.
        await waitForDatabase(ending.signal)
        throw error
      }
    }
  })
}

/** Repeats `work` with a pause in between, whatever becomes of one round. */
async function every(seconds: number, name: string, work: () => Promise<unknown>): Promise<void> {
  while (!ending.signal.aborted) {
    // A round is nobody's request: it has an id of its own, which its log lines, jobs and audit events share.
    await withRequestId(randomUUID(), () => work().catch((error: unknown) => log.warn({ err: error, task: name }, 'repeated task failed')))
    // Rejects when the end is asked for, also where that happened during the round.
    await sleep(seconds * 1000, undefined, { signal: ending.signal }).catch(() => undefined)
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
  await Promise.all(Object.entries(REPEATED).map(([name, { seconds, work }]) => every(seconds, name, () => work(worker))))
  log.info('worker ending')
  await boss.stop({ graceful: true, timeout: GRACE_MS })
  await closeSender()
  await closeDatabase()
}

await main()
process.exit(0)
