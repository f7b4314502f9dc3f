// The PostgreSQL server tests run on: DATABASE_URL's, else an embedded one below the tests' home.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { startPostgres } from '../postgres/server.ts'
import { projectRoot } from '../start/command.ts'
import { isAlive, withLock } from '../start/lock.mjs'
import { withDatabaseName } from '../start/migrate.ts'

/** A test's database may be lost in a power cut: without the waits for the disk everything is several times faster. */
const SETTINGS = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '200' }
const LOCK_WAIT_MS = 120_000

export interface TestServer {
  url: string
  stop(): Promise<void>
}

const testHome = () => path.resolve(projectRoot, process.env.EXEMPLAR_HOME || '.exemplar/test')

/** Each user of the server leaves a file with its process number. */
function countUsers(folder: string): number {
  const names = readdirSync(folder)
  for (const name of names) if (!isAlive(Number(name))) rmSync(path.join(folder, name), { force: true })
  return readdirSync(folder).length
}

/** Several test runs share the server; the last to leave stops it. */
export async function openTestServer(): Promise<TestServer> {
  const given = process.env.DATABASE_URL
  if (given) return { url: withDatabaseName(given, 'postgres'), stop: async () => {} }
  const users = path.join(testHome(), 'database-users')
  const mine = path.join(users, String(process.pid))
  const guarded = <Result>(work: () => Promise<Result>) => withLock(path.join(testHome(), 'database-users.lock'), { waitMs: LOCK_WAIT_MS }, work)
  mkdirSync(users, { recursive: true, mode: 0o711 })
  const server = await guarded(async () => {
    writeFileSync(mine, '')
    return startPostgres(path.join(testHome(), 'database'), { settings: SETTINGS })
  })
  const stop = () =>
    guarded(async () => {
      rmSync(mine, { force: true })
      if (countUsers(users) === 0) await server.stop()
    })
  return { url: server.url, stop }
}
