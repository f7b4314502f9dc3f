// Runs once before the integration tests: a server, and on it a migrated database that every test file copies.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { isAlive } from '../../scripts/start/lock.mjs'
import { ensureDatabase, listMigrations, migrate, withConnection, withDatabaseName } from '../../scripts/start/migrate.ts'
import { openTestServer } from '../../scripts/test/server.ts'

export const COPY_PREFIX = 'exemplar_test_'
const TEMPLATE_PREFIX = 'exemplar_template_'
/** Any number, as long as every run of ours uses the same. */
const TEMPLATE_LOCK = 7_301_944
/** With the hash of a template's name: shared by the runs that copy it, so that a run with other migrations does not take it from them. */
const IN_USE_LOCK = 7_301_945

declare module 'vitest' {
  interface ProvidedContext {
    serverUrl: string
    template: string
  }
}

const drop = (client: pg.Client, name: string) => client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)}`)

/** Named after the migrations it holds, so that a changed migration makes a new one. */
function templateName(): string {
  const hash = createHash('sha256')
  for (const name of listMigrations()) hash.update(name).update(readFileSync(`prisma/migrations/${name}/migration.sql`))
  return TEMPLATE_PREFIX + hash.digest('hex').slice(0, 16)
}

async function exists(client: pg.Client, name: string): Promise<boolean> {
  return (await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])).rowCount === 1
}

/** It gets its name when it is complete; what an interrupted run left behind is not taken for one. */
async function makeTemplate(client: pg.Client, serverUrl: string, name: string): Promise<void> {
  if (await exists(client, name)) return
  const draft = `${name}_draft`
  await client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(draft)} WITH (FORCE)`)
  const draftUrl = withDatabaseName(serverUrl, draft)
  await ensureDatabase(draftUrl)
  await migrate(draftUrl)
  await client.query(`ALTER DATABASE ${pg.escapeIdentifier(draft)} RENAME TO ${pg.escapeIdentifier(name)}`)
}

async function isUnused(client: pg.Client, template: string): Promise<boolean> {
  const { rows } = await client.query<{ isFree: boolean }>('SELECT pg_try_advisory_lock($1, hashtext($2)) AS "isFree"', [IN_USE_LOCK, template])
  if (rows[0]?.isFree) await client.query('SELECT pg_advisory_unlock($1, hashtext($2))', [IN_USE_LOCK, template])
  return rows[0]?.isFree === true
}

/** Copies of runs that are over, and templates of other migrations that no run copies. */
async function dropLeftovers(client: pg.Client, template: string): Promise<void> {
  const { rows } = await client.query<{ datname: string }>('SELECT datname FROM pg_database WHERE datname LIKE $1 OR datname LIKE $2', [
    `${COPY_PREFIX}%`,
    `${TEMPLATE_PREFIX}%`,
  ])
  for (const { datname } of rows) {
    const owner = Number(datname.slice(COPY_PREFIX.length).split('_')[0])
    const isOver = datname.startsWith(COPY_PREFIX) ? !isAlive(owner) : datname !== template && (await isUnused(client, datname))
    if (isOver) await drop(client, datname).catch(() => {})
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.EXEMPLAR_TEST_SERVER
  const server = given ? { url: given, stop: async () => {} } : await openTestServer()
  const template = templateName()
  await withConnection(server.url, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK])
    await makeTemplate(client, server.url, template)
    await dropLeftovers(client, template)
  })
  const user = new pg.Client(server.url)
  await user.connect()
  await user.query('SELECT pg_advisory_lock_shared($1, hashtext($2))', [IN_USE_LOCK, template])
  project.provide('serverUrl', server.url)
  project.provide('template', template)
  return async () => {
    await user.end()
    await server.stop()
  }
}
