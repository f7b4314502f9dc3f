// DATABASE_URL as people use it: a server of their own, and a role that owns one database and nothing else.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { childEnvironment, projectRoot, runScript } from '../../../scripts/start/command.ts'
import { checkVersion, ensureDatabase, listMigrations, migrate, withConnection } from '../../../scripts/start/migrate.ts'
import { startSeparateServer } from '../../support/separate-server.ts'

const DATABASE = 'annotation'
const home = mkdtempSync(path.join(tmpdir(), 'exemplar-own-server-'))
let server: Awaited<ReturnType<typeof startSeparateServer>>
let url = ''

const addressFor = (role: string, password: string, database = DATABASE) => {
  const address = new URL(server.url)
  Object.assign(address, { username: role, password, pathname: `/${database}` })
  return address.toString()
}

const rows = (text: string) => withConnection(url, async (client) => (await client.query(text)).rows)

beforeAll(async () => {
  server = await startSeparateServer()
  await withConnection(server.url, async (client) => {
    await client.query(`CREATE ROLE plain LOGIN PASSWORD 'plain-secret' NOSUPERUSER NOCREATEDB NOCREATEROLE`)
    await client.query(`CREATE DATABASE ${DATABASE} OWNER plain`)
  })
  url = addressFor('plain', 'plain-secret')
}, 120_000)

afterAll(async () => {
  await server?.stop()
  rmSync(home, { recursive: true, force: true })
})

describe('a plain role that owns its database', () => {
  test('brings it up to date and keeps it so', async () => {
    expect(await rows(`SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user`)).toEqual([{ rolsuper: false, rolcreatedb: false }])
    expect(await ensureDatabase(url)).toBe(false)
    expect(await migrate(url)).toBe(listMigrations().length)
    expect(await migrate(url)).toBe(0)
  }, 120_000)

  test('works in it: the whole demo is made through the operations, queue, audit chain and frozen snapshot included', async () => {
    const { code, output } = await runScript('prisma/seed/main.ts', [], { env: { DATABASE_URL: url, EXEMPLAR_HOME: home } })
    expect(code, output).toBe(0)
    const [counts] = await rows(`
      SELECT (SELECT count(*)::int FROM "conversation") AS conversations, (SELECT count(*)::int FROM "audit_event") AS events,
             (SELECT count(*)::int FROM "snapshot" WHERE state = 'frozen') AS frozen, (SELECT count(*)::int FROM "audit_pending") AS pending`)
    expect(counts).toMatchObject({ frozen: 1, pending: 0 })
    expect(counts.conversations).toBeGreaterThan(30)
    expect(counts.events).toBeGreaterThan(100)
  }, 240_000)

  test('runs the worker: it makes its queues, says that it lives, and ends when it is asked to', async () => {
    const env = childEnvironment({
      DATABASE_URL: url,
      EXEMPLAR_HOME: home,
      EXEMPLAR_DEMO: 'off',
      EXEMPLAR_TRAINER: 'off',
      EXEMPLAR_LOG_LEVEL: 'info',
    })
    const worker = spawn(process.execPath, ['lib/worker/main.ts'], { cwd: projectRoot, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    for (const stream of [worker.stdout, worker.stderr])
      stream.on('data', (chunk: Buffer) => {
        said += chunk
      })
    const ended = new Promise<number | null>((resolve) => worker.once('exit', resolve))
    try {
      await vi.waitFor(async () => expect(await rows('SELECT 1 AS one FROM "worker_heartbeat"'), said).toEqual([{ one: 1 }]), {
        timeout: 60_000,
        interval: 200,
      })
    } finally {
      worker.kill('SIGTERM')
      setTimeout(() => worker.kill('SIGKILL'), 30_000).unref()
    }
    expect(await ended, said).toBe(0)
    expect(said).not.toMatch(/"level":"(warn|error)"/)
  }, 120_000)

  test('is told what is wrong where its database is missing and it may not make one', async () => {
    const missing = addressFor('plain', 'plain-secret', 'not_there')
    await expect(ensureDatabase(missing)).rejects.toThrow(/database "not_there" does not exist and could not be created: permission denied/)
  })

  test('is told that the server cannot be reached with a wrong password, without the password', async () => {
    const error = await ensureDatabase(addressFor('plain', 'wrong-secret')).catch((reason: Error) => reason.message)
    expect(error).toMatch(/cannot be reached: password authentication failed/)
    expect(error).not.toContain('wrong-secret')
  })
})

test.each([
  ['120022', '12.22', true],
  ['90624', '9.6.24', true],
  ['130000', '13.0', false],
  ['180004', '18.4', false],
])('a server of version %s (%s) is refused: %s', async (number, shown, isRefused) => {
  const judged = checkVersion({ query: async () => ({ rows: [{ number, shown }] }) } as never)
  if (isRefused) await expect(judged).rejects.toThrow(`Exemplar needs PostgreSQL 13 or newer; the server at DATABASE_URL is ${shown}.`)
  else await expect(judged).resolves.toBeUndefined()
})
