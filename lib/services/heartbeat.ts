import { db } from '#lib/db.ts'

const KEEP_DAYS = 1

/** Says that this worker lives, in database time, and forgets workers long gone. */
export async function beat(worker: { id: string; host: string; pid: number }): Promise<void> {
  await db.$executeRaw`
    INSERT INTO "worker_heartbeat" (id, host, pid) VALUES (${worker.id}, ${worker.host}, ${worker.pid}::int)
    ON CONFLICT (id) DO UPDATE SET "beatAt" = now()`
  await db.$executeRaw`DELETE FROM "worker_heartbeat" WHERE "beatAt" < now() - make_interval(days => ${KEEP_DAYS}::int)`
}
