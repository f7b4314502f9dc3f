// The one database client of a process.
import { PrismaPg } from '@prisma/adapter-pg'
import { env } from '#lib/env.ts'
import { PrismaClient } from '#lib/generated/prisma/client.ts'
import { findDatabaseUrl } from '#lib/home.ts'

/** Makes failures readable where there is no database by design, as while pages are compiled; nothing connects there. */
const NO_DATABASE = 'postgresql://no-database-address-was-given.invalid/'

function createClient(): PrismaClient {
  const adapter = new PrismaPg({
    connectionString: findDatabaseUrl() ?? NO_DATABASE,
    application_name: 'exemplar',
    max: env.EXEMPLAR_POOL_SIZE,
    connectionTimeoutMillis: 10_000,
    // A transaction left open by a bug would hold its row locks for ever.
    idle_in_transaction_session_timeout: 120_000,
  })
  return new PrismaClient({ adapter })
}

// Next's dev server evaluates modules anew on every change; without this each change would open another pool.
const globals = globalThis as { exemplarDatabase?: PrismaClient }

globals.exemplarDatabase ??= createClient()
export const db: PrismaClient = globals.exemplarDatabase
