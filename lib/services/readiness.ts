import { readdirSync } from 'node:fs'
import path from 'node:path'
import { autocommit } from './transaction.ts'

const WORKER_SILENT_SECONDS = 30

type Report = { isReady: boolean; database: boolean; migrations: boolean; worker: boolean }

/** Every migration of the code is applied, in database order none is half-done. */
async function migrationsApplied(): Promise<boolean> {
  const wanted = readdirSync(path.join(/* turbopackIgnore: true */ process.cwd(), 'prisma/migrations'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
  const rows = await autocommit.$queryRaw<
    { name: string }[]
  >`SELECT migration_name AS name FROM "_prisma_migrations" WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`
  const applied = new Set(rows.map((row) => row.name))
  return wanted.every((name) => applied.has(name))
}

/** What this instance needs to do its work, each looked at now. */
export async function readiness(): Promise<Report> {
  try {
    const migrations = await migrationsApplied()
    const [beat] = await autocommit.$queryRaw<{ live: boolean }[]>`
      SELECT count(*) > 0 AS live FROM "worker_heartbeat" WHERE "beatAt" > now() - make_interval(secs => ${WORKER_SILENT_SECONDS}::int)`
    const worker = beat?.live ?? false
    return { isReady: migrations && worker, database: true, migrations, worker }
  } catch {
    // Whatever it was, it was the database that did not answer.
    return { isReady: false, database: false, migrations: false, worker: false }
  }
}
