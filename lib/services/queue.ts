import { randomUUID } from 'node:crypto'
import { fromPrisma, PgBoss } from 'pg-boss'
import { JOBS, type JobName, type JobSubject } from '#lib/domain/job.ts'
import { findDatabaseUrl } from '#lib/home.ts'
import { log } from '#lib/log.ts'
import { currentRequestId } from '#lib/request-id.ts'
import { autocommit, type Tx } from './transaction.ts'

type Enqueue = { key: string; startAfterSeconds?: number }

/** How often the queue looks for jobs whose worker gave no sign of life. Its own minute would leave people waiting for two. */
const WATCH_SECONDS = 10

/** A queue client on this process's database; `isWorker` also watches over jobs and fetches them. */
export function createQueue({ isWorker }: { isWorker: boolean }): PgBoss {
  const boss = new PgBoss({
    connectionString: findDatabaseUrl() ?? '',
    application_name: 'exemplar-queue',
    max: isWorker ? 4 : 2,
    supervise: isWorker,
    superviseIntervalSeconds: WATCH_SECONDS,
    monitorIntervalSeconds: WATCH_SECONDS,
    schedule: false,
    useListenNotify: isWorker,
  })
  boss.on('error', (error) => log.error({ err: error }, 'queue'))
  return boss
}

/** Makes the queues of the job table; repeating it changes nothing. */
export async function ensureQueues(boss: PgBoss): Promise<void> {
  for (const [name, job] of Object.entries(JOBS)) {
    const { policy, retryLimit, heartbeatSeconds, expireInSeconds } = job
    const options = { retryLimit, retryBackoff: true, heartbeatSeconds, expireInSeconds, deleteAfterSeconds: 24 * 3600, notify: true }
    await boss.createQueue(name, { policy, ...options })
  }
}

/** Gives jobs back that a dead worker was at, so that they go on at once. Only for the one worker there is: a job of another would run twice. */
export async function releaseJobs(boss: PgBoss): Promise<number> {
  const rows = await autocommit.$queryRaw<{ name: string; id: string }[]>`
    SELECT name, id FROM pgboss.job WHERE state = 'active' AND name = ANY (${Object.keys(JOBS)}::text[])`
  for (const { name, id } of rows) await boss.fail(name, id, { message: 'the worker died' })
  return rows.length
}

let sender: Promise<PgBoss> | undefined

async function startSender(): Promise<PgBoss> {
  const boss = createQueue({ isWorker: false })
  await boss.start()
  await ensureQueues(boss)
  return boss
}

/**
 * Sends a job in the caller's transaction: it exists exactly when what it is about exists. A job of the same key that waits
 * already makes this one superfluous, which is no error.
 */
export async function enqueue<N extends JobName>(tx: Tx, name: N, about: JobSubject<N>, { key, startAfterSeconds }: Enqueue): Promise<void> {
  sender ??= startSender().catch((error: unknown) => {
    sender = undefined
    throw error
  })
  const boss = await sender
  const delay = startAfterSeconds === undefined ? {} : { startAfter: startAfterSeconds }
  const data = JOBS[name].data.parse({ ...about, requestId: currentRequestId() ?? randomUUID() })
  await boss.send(name, data, { db: fromPrisma(tx), singletonKey: key, ...delay })
}

/** Closes the connections of this process's sender, for commands and tests that end. */
export async function closeSender(): Promise<void> {
  const boss = await sender
  sender = undefined
  await boss?.stop({ graceful: false })
}
