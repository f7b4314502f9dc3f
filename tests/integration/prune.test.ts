import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import { prune } from '#lib/services/prune.ts'
import { REPEATED } from '#lib/worker/repeated.ts'
import { buildPerson } from '../support/world.ts'

const DAY_MS = 86_400_000
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS)

test('windows, idempotency keys and sign-ins that are long over go; those that count stay', async () => {
  const { userId } = await buildPerson()
  const person = { userId, operation: 'claimWork', inputHash: 'x' }
  const session = (name: string, expires: Date, revokedAt: Date | null = null) => ({
    userId,
    sessionToken: `${name}-${randomUUID()}`,
    expires,
    revokedAt,
  })
  await db.rateLimit.createMany({
    data: [
      { key: 'old', windowStart: daysAgo(2), count: 3 },
      { key: 'present', windowStart: new Date(), count: 3 },
    ],
  })
  await db.idempotencyKey.createMany({
    data: [
      { ...person, key: 'old', createdAt: daysAgo(8) },
      { ...person, key: 'older', createdAt: daysAgo(80) },
      { ...person, key: 'present', createdAt: daysAgo(6) },
    ],
  })
  await db.session.createMany({
    data: [
      session('expired', daysAgo(8)),
      session('revoked', daysAgo(-20), daysAgo(8)),
      session('open', daysAgo(-20)),
      session('just-expired', daysAgo(1)),
      session('just-revoked', daysAgo(-20), daysAgo(1)),
    ],
  })
  // Batches of one: a kind with more rows than a batch is removed whole, too.
  expect(await prune(1)).toEqual({ rateLimits: 1, idempotencyKeys: 2, sessions: 2 })
  expect(await db.rateLimit.findMany({ select: { key: true } })).toEqual([{ key: 'present' }])
  expect(await db.idempotencyKey.findMany({ select: { key: true } })).toEqual([{ key: 'present' }])
  const left = await db.session.findMany({ where: { userId }, select: { sessionToken: true } })
  expect(left.map(({ sessionToken }) => sessionToken.slice(0, -37)).sort()).toEqual(['just-expired', 'just-revoked', 'open'])
  expect(await prune()).toEqual({ rateLimits: 0, idempotencyKeys: 0, sessions: 0 })
})

test('the worker does so every hour, from its start on', async () => {
  await db.rateLimit.create({ data: { key: 'forgotten', windowStart: daysAgo(2), count: 1 } })
  const { prune: hourly, heartbeat } = REPEATED
  expect(hourly?.seconds).toBe(3600)
  for (const task of [hourly, heartbeat]) await task?.work({ id: randomUUID(), host: 'test', pid: process.pid })
  expect(await db.rateLimit.findUnique({ where: { key: 'forgotten' } })).toBeNull()
  expect(await db.workerHeartbeat.count({ where: { host: 'test' } })).toBe(1)
})
