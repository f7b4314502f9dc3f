import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { runPrisma } from '../../../scripts/start/command.ts'
import { ensureDatabase, listMigrations, migrate, withConnection, withDatabaseName } from '../../../scripts/start/migrate.ts'

const serverUrl = inject('serverUrl')
let name = ''
let url = ''

beforeEach(() => {
  name = `exemplar_test_${process.pid}_${randomUUID().slice(0, 8)}`
  url = withDatabaseName(serverUrl, name)
})

afterEach(() => withConnection(serverUrl, (client) => client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`)))

test('a missing database is made once, and its tables are brought up to date once', async () => {
  expect(await ensureDatabase(url)).toBe(true)
  expect(await ensureDatabase(url)).toBe(false)
  expect(await migrate(url)).toBe(listMigrations().length)
  expect(await migrate(url)).toBe(0)
}, 60_000)

test('two processes that migrate at once both succeed', async () => {
  await ensureDatabase(url)
  await Promise.all([migrate(url), migrate(url)])
  expect(await migrate(url)).toBe(0)
}, 60_000)

test('a database that a newer version has used is refused', async () => {
  await ensureDatabase(url)
  await migrate(url)
  await withConnection(url, (client) =>
    client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ('x', 'x', '99990101000000_future', now(), 1)`,
    ),
  )
  await expect(migrate(url)).rejects.toThrow(/99990101000000_future.*newer/)
}, 60_000)

test('a server that does not answer is named in the error, without its password', async () => {
  const error = await ensureDatabase('postgresql://someone:hidden@127.0.0.1:1/nothing').catch((reason: Error) => reason.message)
  expect(error).toContain('127.0.0.1:1/nothing')
  expect(error).not.toContain('hidden')
})

test('comparing migrations with the schema leaves the database it runs on alone', async () => {
  await ensureDatabase(url)
  await withConnection(url, (client) => client.query('CREATE TABLE precious AS SELECT 1 AS n'))
  await runPrisma(['migrate', 'diff', '--from-migrations', 'prisma/migrations', '--to-schema', 'prisma/schema', '--script'], url)
  const left = await withConnection(url, async (client) => (await client.query('SELECT n FROM precious')).rows)
  expect(left).toEqual([{ n: 1 }])
}, 60_000)
