import { execFile, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../../../scripts/postgres/server.ts'
import { withConnection } from '../../../scripts/start/migrate.ts'

const QUICK = { settings: { fsync: 'off' } }
const serverModule = pathToFileURL(path.resolve(import.meta.dirname, '../../../scripts/postgres/server.ts')).href
let folder = ''
let directory = ''

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'exemplar-postgres-'))
  // As root the server runs as another user, who must be able to get here.
  chmodSync(folder, 0o711)
  directory = path.join(folder, 'database')
})

afterEach(async () => {
  if (existsSync(path.join(directory, 'data/postmaster.pid'))) await (await startPostgres(directory)).stop()
  rmSync(realpathSync(directory), { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
})

const query = (server: PostgresServer, text: string) => withConnection(server.url, async (client) => (await client.query(text)).rows)

async function untilGone(pid: number): Promise<void> {
  for (let i = 0; i < 100; i++) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
    await sleep(20)
  }
}

test('starts, is adopted by a second start, stops, and comes back on the same port', async () => {
  const first = await startPostgres(directory, QUICK)
  expect(first.adopted).toBe(false)
  const second = await startPostgres(directory, QUICK)
  expect(second).toMatchObject({ adopted: true, pid: first.pid, port: first.port })
  await first.stop()
  expect(first.isRunning()).toBe(false)
  const third = await startPostgres(directory, QUICK)
  expect(third).toMatchObject({ adopted: false, port: first.port, url: first.url })
})

test('knows letters beyond ASCII, which searching needs', async () => {
  const server = await startPostgres(directory, QUICK)
  await query(server, 'CREATE EXTENSION pg_trgm')
  const rows = await query(server, `SELECT cardinality(show_trgm('你好')) > 0 AS trigrams, 'ÄRGER' ILIKE 'ärger' AS folded`)
  expect(rows).toEqual([{ trigrams: true, folded: true }])
})

test('listens on this machine only, keeps no socket file, and its password is private', async () => {
  const server = await startPostgres(directory, QUICK)
  const rows = await query(server, `SELECT current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets`)
  expect(rows).toEqual([{ addresses: '127.0.0.1', sockets: '' }])
  expect(statSync(path.join(directory, 'password')).mode & 0o077).toBe(0)
  const without = new URL(server.url)
  without.password = 'wrong'
  await expect(withConnection(without.toString(), async () => {})).rejects.toThrow(/password authentication failed/)
})

test('what was committed survives a hard kill of the server', async () => {
  const first = await startPostgres(directory)
  await query(first, 'CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n')
  process.kill(first.pid, 'SIGKILL')
  const second = await startPostgres(directory)
  expect(second.pid).not.toBe(first.pid)
  expect(await query(second, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 1000 }])
})

test('two first starts at once make one cluster and one server', async () => {
  const source = `
    import { startPostgres } from ${JSON.stringify(serverModule)}
    const { pid, url } = await startPostgres(${JSON.stringify(directory)})
    console.log(JSON.stringify({ pid, url }))`
  const start = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', source])
  const [one, two] = await Promise.all([start(), start()])
  expect(one.stdout).toBe(two.stdout)
})

test('a pid file that names a living stranger is no obstacle', async () => {
  const first = await startPostgres(directory)
  const { uid, gid } = statSync(path.join(directory, 'data'))
  const stranger = spawn('sleep', ['60'], process.getuid?.() === 0 ? { uid, gid, cwd: '/' } : {})
  try {
    const pidFile = path.join(directory, 'data/postmaster.pid')
    const lines = readFileSync(pidFile, 'utf8').split('\n')
    process.kill(first.pid, 'SIGKILL')
    await untilGone(first.pid)
    writeFileSync(pidFile, [String(stranger.pid), ...lines.slice(1)].join('\n'))
    const second = await startPostgres(directory)
    expect(second.adopted).toBe(false)
    expect(await query(second, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  } finally {
    stranger.kill()
  }
})

test('another server on the kept port is not taken for ours', async () => {
  const first = await startPostgres(directory, QUICK)
  await first.stop()
  const squatter = createServer()
  await new Promise<void>((resolve) => squatter.listen(first.port, '127.0.0.1', resolve))
  try {
    const second = await startPostgres(directory, QUICK)
    expect(second.port).not.toBe(first.port)
  } finally {
    squatter.close()
  }
})

test('where clients know one port only, a server waits for that one rather than take another', async () => {
  const first = await startPostgres(directory, QUICK)
  process.kill(first.pid, 'SIGKILL')
  await untilGone(first.pid)
  const squatter = createServer()
  await new Promise<void>((resolve) => squatter.listen(first.port, '127.0.0.1', resolve))
  await expect(startPostgres(directory, { ...QUICK, port: first.port })).rejects.toThrow(
    `Port ${first.port}, at which the database is known, is taken`,
  )
  await new Promise((resolve) => squatter.close(resolve))
  const second = await startPostgres(directory, { ...QUICK, port: first.port })
  expect(second).toMatchObject({ adopted: false, port: first.port, url: first.url })
})

test('the server outlives whoever started it, kill -9 included, and the next start adopts it', async () => {
  const source = `
    import { startPostgres } from ${JSON.stringify(serverModule)}
    const { pid, url } = await startPostgres(${JSON.stringify(directory)})
    console.log(JSON.stringify({ pid, url }))
    setInterval(() => {}, 1000)`
  // A group of its own, killed whole: as a terminal that is closed hard takes everything in it along.
  const parent = spawn(process.execPath, ['--input-type=module', '-e', source], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] })
  const { pid, url } = JSON.parse(await new Promise<string>((resolve) => parent.stdout.once('data', (chunk) => resolve(String(chunk)))))
  const ended = new Promise((resolve) => parent.once('exit', resolve))
  await withConnection(url, (client) => client.query('CREATE TABLE kept AS SELECT 1 AS n'))
  process.kill(-(parent.pid ?? 0), 'SIGKILL')
  await ended
  const next = await startPostgres(directory)
  expect(next).toMatchObject({ adopted: true, pid, url })
  expect(await query(next, 'SELECT n FROM kept')).toEqual([{ n: 1 }])
})

test('a cluster that was half-made when the power went is made anew', async () => {
  mkdirSync(path.join(directory, 'data.new'), { recursive: true })
  chmodSync(directory, 0o711)
  writeFileSync(path.join(directory, 'data.new/PG_VERSION'), 'half')
  const server = await startPostgres(directory, QUICK)
  expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})

test('data of another PostgreSQL is refused with a way out', async () => {
  await (await startPostgres(directory, QUICK)).stop()
  const file = path.join(directory, 'data/PG_VERSION')
  const kept = readFileSync(file)
  writeFileSync(file, '12\n')
  await expect(startPostgres(directory)).rejects.toThrow(/made by PostgreSQL 12.*DATABASE_URL/)
  writeFileSync(file, kept)
})

const belowClosedFolder = async () => {
  chmodSync(folder, 0o700)
  const server = await startPostgres(directory, QUICK)
  expect(realpathSync(directory).startsWith('/var/lib/exemplar/')).toBe(true)
  expect((await startPostgres(directory, QUICK)).pid).toBe(server.pid)
}
// Only root starts the server as another user, so only for root there is such a case.
if (process.getuid?.() === 0) test('below a folder closed to the database user the data goes to the system’s place', belowClosedFolder)
