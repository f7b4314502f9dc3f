import { setTimeout as sleep } from 'node:timers/promises'
import { autocommit } from './transaction.ts'

const KEEP_DAYS = 1
/** Three beats. */
const SILENT_SECONDS = 15
const ASK_EVERY_MS = 500

type Worker = { id: string; host: string; pid: number }

/** Says that this worker lives, in database time, and forgets workers long gone. */
export async function beat(worker: Worker): Promise<void> {
  await autocommit.$executeRaw`
    INSERT INTO "worker_heartbeat" (id, host, pid) VALUES (${worker.id}, ${worker.host}, ${worker.pid}::int)
    ON CONFLICT (id) DO UPDATE SET "beatAt" = now()`
  await autocommit.$executeRaw`DELETE FROM "worker_heartbeat" WHERE "beatAt" < now() - make_interval(days => ${KEEP_DAYS}::int)`
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Whether another worker may be at work. One of this machine is asked for its process; one elsewhere counts until it was silent for a while. */
export async function hasOtherWorker({ id, host, pid }: Worker): Promise<boolean> {
  const others = await autocommit.$queryRaw<{ host: string; pid: number }[]>`
    SELECT host, pid FROM "worker_heartbeat" WHERE id <> ${id} AND "beatAt" > now() - make_interval(secs => ${SILENT_SECONDS}::int)`
  return others.some((other) => other.host !== host || (other.pid !== pid && isAlive(other.pid)))
}

/** Resolves when the database answers; at once when it does already. */
export async function waitForDatabase(signal: AbortSignal): Promise<void> {
  const answers = () =>
    autocommit.$queryRaw`SELECT 1`.then(
      () => true,
      () => false,
    )
  while (!signal.aborted && !(await answers())) await sleep(ASK_EVERY_MS)
}
