// The one pool of connections of a process, and the one database client on it.
import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { env } from '#lib/env.ts'
import { PrismaClient } from '#lib/generated/prisma/client.ts'
import { findDatabaseUrl } from '#lib/home.ts'

/** Makes failures readable where there is no database by design, as while pages are compiled; nothing connects there. */
const NO_DATABASE = 'postgresql://no-database-address-was-given.invalid/'

/** More texts than the product has; lists of varying length must not fill the server's memory. */
const MAX_STATEMENTS = 500
const UNNAMED = ''
const statementNames = new Map<string, string>()

/** Names a statement by its text, so that a connection parses and plans it once: half of a short statement's cost. */
export function statementName({ sql }: { sql: string }): string {
  const known = statementNames.get(sql)
  if (known) return known
  if (statementNames.size >= MAX_STATEMENTS) return UNNAMED
  const name = createHash('sha256').update(sql).digest('base64url')
  statementNames.set(sql, name)
  return name
}

function createPool(): pg.Pool {
  const pool = new pg.Pool({
    connectionString: findDatabaseUrl() ?? NO_DATABASE,
    application_name: 'exemplar',
    max: env.EXEMPLAR_POOL_SIZE,
    connectionTimeoutMillis: 10_000,
    // A transaction left open by a bug would hold its row locks for ever.
    idle_in_transaction_session_timeout: 120_000,
    // Whoever waits longer for a row waits for something that went wrong.
    lock_timeout: 30_000,
    // Statements that do not wait for each other's answers travel together.
    pipeline: true,
  })
  // A lost connection fails whatever statement needs it; without a listener it would end the process.
  pool.on('error', () => {})
  pool.on('connect', (connection) => connection.on('error', () => {}))
  return pool
}

/** Sends statements into the transaction of ours that one of Prisma's is to be a part of. */
type Sender = { query: (query: pg.QueryConfig) => Promise<pg.QueryResult> }
type Surrounding = AsyncLocalStorage<Sender>

/** Prisma's adapter, whose transactions can be a part of ours: they begin in it, and where they end it goes on. */
class JoiningAdapter extends PrismaPg {
  readonly #surrounding: Surrounding

  constructor(pool: pg.Pool, surrounding: Surrounding) {
    super(pool, { statementNameGenerator: statementName })
    this.#surrounding = surrounding
  }

  override async connect() {
    const adapter = await super.connect()
    const begin = adapter.startTransaction.bind(adapter)
    const nothing = async () => {}
    adapter.startTransaction = async (level) => {
      const client = this.#surrounding.getStore()
      if (!client) return begin(level)
      // A phantom transaction is one whose BEGIN and COMMIT are not Prisma's to send.
      return Object.assign(Object.create(adapter), { client, options: { usePhantomQuery: true }, commit: nothing, rollback: nothing })
    }
    return adapter
  }
}

function createDatabase() {
  const pool = createPool()
  const surrounding: Surrounding = new AsyncLocalStorage()
  return { pool, surrounding, db: new PrismaClient({ adapter: new JoiningAdapter(pool, surrounding) }) }
}

// Next's dev server evaluates modules anew on every change; without this each change would open another pool.
const globals = globalThis as { exemplarDatabase?: ReturnType<typeof createDatabase> }

globals.exemplarDatabase ??= createDatabase()
const { pool, surrounding } = globals.exemplarDatabase

export const db: PrismaClient = globals.exemplarDatabase.db
export { pool }

/** Runs `begin`, which begins a transaction of Prisma's, so that it is a part of the one `sender` sends into. */
export const joining = <T>(sender: Sender, begin: () => T): T => surrounding.run(sender, begin)

/** Closes every connection, for commands, workers and tests that end. */
export async function closeDatabase(): Promise<void> {
  await db.$disconnect()
  await pool.end()
}
