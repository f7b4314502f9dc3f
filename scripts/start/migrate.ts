// Creates the database where it is missing and brings its tables up to date.
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { projectRoot, runPrisma } from './command.ts'

const OLDEST_VERSION = 130_000
const DATABASE_ABSENT = '3D000'
const TABLE_ABSENT = '42P01'
const ALREADY_EXISTS = new Set(['42P04', '23505'])

export async function withConnection<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  // The server may go down while the connection is idle; the next query says so.
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

export function withDatabaseName(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${encodeURIComponent(name)}`
  return changed.toString()
}

const databaseNameOf = (url: string) => decodeURIComponent(new URL(url).pathname.slice(1)) || 'postgres'
const withoutPassword = (url: string) => `${new URL(url).host}/${databaseNameOf(url)}`

/** @throws Error for a server older than what the tables need. */
export async function checkVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ number: string; shown: string }>(
    `SELECT current_setting('server_version_num') AS number, current_setting('server_version') AS shown`,
  )
  const version = rows[0]
  if (version && Number(version.number) < OLDEST_VERSION)
    throw new Error(`Exemplar needs PostgreSQL 13 or newer; the server at DATABASE_URL is ${version.shown}.`)
}

async function createDatabase(url: string): Promise<void> {
  const name = databaseNameOf(url)
  try {
    await withConnection(withDatabaseName(url, 'postgres'), (client) => client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`))
  } catch (error) {
    if (ALREADY_EXISTS.has((error as { code?: string }).code ?? '')) return
    throw new Error(`The database "${name}" does not exist and could not be created: ${(error as Error).message}`)
  }
}

/** Checks that the server can be used and that the database exists; returns whether it was made just now. */
export async function ensureDatabase(url: string): Promise<boolean> {
  try {
    await withConnection(url, checkVersion)
    return false
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    if (code !== DATABASE_ABSENT) throw code ? new Error(`The database at ${withoutPassword(url)} cannot be reached: ${message || code}`) : error
  }
  await createDatabase(url)
  await withConnection(url, checkVersion)
  return true
}

/** Names of the migrations this version brings, in order. */
export function listMigrations(): string[] {
  const folder = path.join(projectRoot, 'prisma/migrations')
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(path.join(folder, entry.name, 'migration.sql')))
    .map((entry) => entry.name)
    .sort()
}

interface Applied {
  migration_name: string
  finished: boolean
}

async function listApplied(url: string): Promise<Applied[]> {
  try {
    const { rows } = await withConnection(url, (client) =>
      client.query<Applied>('SELECT migration_name, finished_at IS NOT NULL AS finished FROM _prisma_migrations WHERE rolled_back_at IS NULL'),
    )
    return rows
  } catch (error) {
    if ((error as { code?: string }).code === TABLE_ABSENT) return []
    throw error
  }
}

async function listPending(url: string): Promise<string[]> {
  const wanted = listMigrations()
  const applied = await listApplied(url)
  const unknown = applied.find((row) => !wanted.includes(row.migration_name))
  if (unknown)
    throw new Error(
      `The database holds the migration "${unknown.migration_name}", which this version of Exemplar does not know: it was used by a newer one.`,
    )
  return wanted.filter((name) => !applied.some((row) => row.migration_name === name && row.finished))
}

/** Applies what is pending. The table is asked afterwards: the tool's exit code alone has proved nothing. */
export async function migrate(url: string): Promise<number> {
  const pending = await listPending(url)
  if (pending.length === 0) return 0
  const { output } = await runPrisma(['migrate', 'deploy'], url)
  const left = await listPending(url)
  if (left.length > 0) throw new Error(`The database could not be brought up to date (${left.join(', ')}):\n${output}`)
  return pending.length
}
