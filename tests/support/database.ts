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
  const { exemplarDatabase } = globalThis as { exemplarDatabase?: { $disconnect(): Promise<void> } }
  await exemplarDatabase?.$disconnect()
  await withConnection(serverUrl, (client) => client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`))
})
