import { randomUUID } from 'node:crypto'
import { SYSTEM } from '#lib/domain/actor.ts'
import { log } from '#lib/log.ts'
import { endBuild } from './build-run.ts'
import { closeImport } from './import-writer.ts'
import { failSnapshot } from './snapshot-freeze.ts'
import { autocommit, transact } from './transaction.ts'

const WHY = 'It was broken off several times, because the worker died or the database was away.'

type Unfinished = { id: string }

/** Freezes nobody is at and nobody will be at: their job has used up its tries. */
const lostFreezes = () => autocommit.$queryRaw<Unfinished[]>`
  SELECT s.id FROM "snapshot" s WHERE s.state = 'freezing' AND NOT EXISTS (
    SELECT 1 FROM pgboss.job j WHERE j.name = 'snapshot.freeze' AND j.singleton_key = s.id::text AND j.state IN ('created', 'retry', 'active'))`

/** As lostFreezes, of builds. */
const lostBuilds = () => autocommit.$queryRaw<Unfinished[]>`
  SELECT b.id FROM "build" b WHERE b.state IN ('queued', 'building') AND NOT EXISTS (
    SELECT 1 FROM pgboss.job j WHERE j.name = 'build.run' AND j.singleton_key = b.id::text AND j.state IN ('created', 'retry', 'active'))`

/** Imports whose process is gone: one that lives says so twice a minute. */
const lostImports = () => autocommit.$queryRaw<Unfinished[]>`
  SELECT id FROM "prompt_import" WHERE state = 'running' AND NOT "isDryRun" AND "touchedAt" < now() - interval '3 minutes'`

/** What dry runs left behind whose process is gone. */
const dropRehearsals = () => autocommit.$executeRaw`DELETE FROM "prompt_import" WHERE "isDryRun" AND "touchedAt" < now() - interval '1 day'`

async function sweepImports(): Promise<void> {
  const caller = { actor: SYSTEM, requestId: randomUUID(), via: 'worker' }
  const failure = {
    code: 'interrupted',
    detail: 'The process that read the file ended. Send the file again; rows that are there are recognised.',
  }
  for (const { id } of await lostImports()) {
    log.error({ importId: id }, 'an import has no process any more')
    await transact((tx) => closeImport(tx, id, failure, caller))
  }
  await dropRehearsals()
}

/** Fails freezes, builds and imports nobody is at, with a cure: otherwise they would be shown as under way for ever. */
export async function sweepUnfinished(): Promise<void> {
  await sweepImports()
  for (const { id } of await lostFreezes()) {
    log.error({ snapshotId: id }, 'a freeze has no job any more')
    await transact(async (tx) => {
      const snapshot = await tx.snapshot.findUniqueOrThrow({ where: { id } })
      if (snapshot.state !== 'freezing') return
      await failSnapshot(tx, snapshot, { code: 'interrupted', detail: WHY, cure: 'Freeze again under another name.' })
    })
  }
  for (const { id } of await lostBuilds()) {
    log.error({ buildId: id }, 'a build has no job any more')
    await endBuild(id, 'failed', {
      code: 'interrupted',
      detail: WHY,
      cure: 'Start the build again. If it breaks off again, look for the end of memory in the log of the worker.',
    })
  }
}
