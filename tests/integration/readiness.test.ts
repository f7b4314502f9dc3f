import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, inject, test } from 'vitest'
import { GET as health } from '#app/api/health/route.ts'
import { GET as ready } from '#app/api/ready/route.ts'
import { db } from '#lib/db.ts'
import { beat } from '#lib/services/heartbeat.ts'
import { withConnection } from '../../scripts/start/migrate.ts'

const answer = async (response: Response) => ({ status: response.status, body: await response.json() })
const database = new URL(process.env.DATABASE_URL ?? '').pathname.slice(1)

afterEach(() => db.workerHeartbeat.deleteMany())

test('health says that the process lives, and asks nobody', async () => {
  expect(await answer(health())).toEqual({ status: 200, body: { status: 'ok' } })
})

describe('readiness', () => {
  test('needs a worker that lives', async () => {
    expect(await answer(await ready())).toEqual({ status: 503, body: { isReady: false, database: true, migrations: true, worker: false } })
    await beat({ id: randomUUID(), host: 'test', pid: process.pid })
    const response = await ready()
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await answer(response)).toEqual({ status: 200, body: { isReady: true, database: true, migrations: true, worker: true } })
    await db.workerHeartbeat.updateMany({ data: { beatAt: new Date(Date.now() - 31_000) } })
    expect(await answer(await ready())).toMatchObject({ status: 503, body: { worker: false } })
  })

  test('needs every migration of this version', async () => {
    await beat({ id: randomUUID(), host: 'test', pid: process.pid })
    const [last] = await db.$queryRaw<{ id: string }[]>`SELECT id FROM "_prisma_migrations" ORDER BY migration_name DESC LIMIT 1`
    await db.$executeRaw`UPDATE "_prisma_migrations" SET finished_at = NULL WHERE id = ${last?.id}`
    expect(await answer(await ready())).toEqual({ status: 503, body: { isReady: false, database: true, migrations: false, worker: true } })
    await db.$executeRaw`UPDATE "_prisma_migrations" SET finished_at = now() WHERE id = ${last?.id}`
  })

  test('needs a database that lets us in, and comes back with it', async () => {
    await beat({ id: randomUUID(), host: 'test', pid: process.pid })
    await withConnection(inject('serverUrl'), async (client) => {
      await client.query(`ALTER DATABASE "${database}" WITH ALLOW_CONNECTIONS false`)
      await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [database])
      try {
        expect(await answer(await ready())).toEqual({ status: 503, body: { isReady: false, database: false, migrations: false, worker: false } })
      } finally {
        await client.query(`ALTER DATABASE "${database}" WITH ALLOW_CONNECTIONS true`)
      }
    })
    expect(await answer(await ready())).toMatchObject({ status: 200, body: { isReady: true } })
  })
})
