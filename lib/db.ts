// The one database client of a process.
import { createHash } from 'node:crypto'
import { PrismaPg } from '@prisma/adapter-pg'
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
function statementName({ sql }: { sql: string }): string {
  const known = statementNames.get(sql)
  if (known) return known
  if (statementNames.size >= MAX_STATEMENTS) return UNNAMED
  const name = createHash('sha256').update(sql).digest('base64url')
  statementNames.set(sql, name)
  return name
}

function createClient(): PrismaClient {
  const adapter = new PrismaPg(
    {
      connectionString: findDatabaseUrl() ?? NO_DATABASE,
      application_name: 'exemplar',
      max: env.EXEMPLAR_POOL_SIZE,
      connectionTimeoutMillis: 10_000,
      // A transaction left open by a bug would hold its row locks for ever.
      idle_in_transaction_session_timeout: 120_000,
    },
    { statementNameGenerator: statementName },
  )
  return new PrismaClient({ adapter })
}

// Next's dev server evaluates modules anew on every change; without this each change would open another pool.
const globals = globalThis as { exemplarDatabase?: PrismaClient }

globals.exemplarDatabase ??= createClient()
export const db: PrismaClient = globals.exemplarDatabase
