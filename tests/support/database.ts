// Gives each integration test file a database of its own, copied from the migrated template in a few milliseconds.
import { randomUUID } from 'node:crypto'
import { afterAll, inject } from 'vitest'
import { withConnection, withDatabaseName } from '../../scripts/start/migrate.ts'
import { COPY_PREFIX } from './template.ts'

const serverUrl = inject('serverUrl')
const name = `${COPY_PREFIX}${process.pid}_${randomUUID().slice(0, 8)}`

await withConnection(serverUrl, (client) => client.query(`CREATE DATABASE "${name}" TEMPLATE "${inject('template')}"`))
process.env.DATABASE_URL = withDatabaseName(serverUrl, name)

afterAll(async () => {
  // Only now: the address must stand before the client is loaded.
  const { closeDatabase } = await import('#lib/db.ts')
  await closeDatabase()
  await withConnection(serverUrl, (client) => client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`))
})
