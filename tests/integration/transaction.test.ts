import { expect, onTestFinished, test, vi } from 'vitest'
import { db, pool } from '#lib/db.ts'
import { autocommit, type Tx, together, transact } from '#lib/services/transaction.ts'
import { buildProject } from '../support/world.ts'

const rename = (tx: Tx, id: string, name: string) => tx.$executeRaw`UPDATE "project" SET name = ${name} WHERE id = ${id}::uuid`
const nameOf = async (id: string) => (await db.project.findUniqueOrThrow({ where: { id } })).name

/** One value of every type a statement here may ask for. */
const VALUES = `SELECT 1::int2 AS a, 2::int4 AS b, 9007199254740993::int8 AS c, 1.5::float8 AS d, 12.340::numeric AS e, true AS f, 'text' AS g,
  '00000000-0000-0000-0000-000000000001'::uuid AS h, '2026-11-25 10:00:00.123+02'::timestamptz AS i, '2026-11-25 10:00:00.123'::timestamp AS j,
  '2026-11-25'::date AS k, '{"a": [1, null]}'::jsonb AS l, ARRAY['a', NULL, 'b,c'] AS m, ARRAY['00000000-0000-0000-0000-000000000001'::uuid] AS n,
  ARRAY[1, 2]::int4[] AS o, ARRAY[1, 2]::int8[] AS p, '{}'::int8[] AS q, NULL::timestamptz AS r,
  '{1.50,NULL,NaN}'::numeric[] AS s, '{2026-11-25 10:00:00.123,NULL}'::timestamp[] AS t, '{2026-11-25,NULL}'::date[] AS u, '{1,NULL}'::int8[] AS v,
  '{t,NULL}'::bool[] AS w, '{1.5,NULL}'::float8[] AS x, ARRAY['{"a":1}'::jsonb, NULL] AS y, '{2026-11-25 10:00:00.123+02,NULL}'::timestamptz[] AS z`

test.each(['UTC', 'America/New_York'])('raw SQL answers what it answers through Prisma, value by value, on a machine in %s', async (zone) => {
  vi.stubEnv('TZ', zone)
  onTestFinished(() => void vi.unstubAllEnvs())
  const through = await db.$queryRawUnsafe<object[]>(VALUES)
  expect(await autocommit.$queryRawUnsafe(VALUES)).toEqual(through)
  expect(await transact((tx) => tx.$queryRawUnsafe(VALUES))).toEqual(through)
})

test.each(["'\\x01'::bytea", "'10:00'::time", '5::oid', "'1.5'::money", "'{10:00}'::time[]", "'{1}'::oid[]"])(
  'a value that Prisma gives another form is refused: %s',
  async (value) => {
    await expect(autocommit.$queryRawUnsafe(`SELECT ${value}`)).rejects.toThrow('cast it')
  },
)

test('values arrive as they were given', async () => {
  const at = new Date('2026-11-25T10:00:00.123Z')
  const given = { at, big: 9007199254740993n, list: ['a', 'b,c', '"'], none: [] as string[], data: { a: ['x'] }, flag: false, nothing: null }
  const [row] = await autocommit.$queryRaw<unknown[]>`
    SELECT ${given.at}::timestamptz AS at, ${given.big}::int8 AS big, ${given.list}::text[] AS list, ${given.none}::text[] AS none,
      ${given.data}::jsonb AS data, ${given.flag}::bool AS flag, ${given.nothing}::text AS nothing`
  expect(row).toEqual(given)
})

test('raw SQL and models are in one transaction: each sees what the other did, and both are undone', async () => {
  const { id, name } = await buildProject()
  const work = transact(async (tx) => {
    await rename(tx, id, 'by hand')
    expect((await tx.project.findUniqueOrThrow({ where: { id } })).name).toBe('by hand')
    await tx.project.update({ where: { id }, data: { description: 'by model' } })
    const [row] = await tx.$queryRaw<{ description: string }[]>`SELECT description FROM "project" WHERE id = ${id}::uuid`
    expect(row?.description).toBe('by model')
    throw new Error('no')
  })
  await expect(work).rejects.toThrow('no')
  expect(await db.project.findUniqueOrThrow({ where: { id } })).toMatchObject({ name, description: '' })
})

test('what both did is kept together', async () => {
  const { id } = await buildProject()
  await transact(async (tx) => {
    await tx.project.update({ where: { id }, data: { description: 'by model' } })
    await rename(tx, id, 'by hand')
  })
  expect(await db.project.findUniqueOrThrow({ where: { id } })).toMatchObject({ name: 'by hand', description: 'by model' })
})

test('a statement nobody waited for fails the transaction when it fails', async () => {
  const { id, name } = await buildProject()
  const work = transact(async (tx) => {
    await rename(tx, id, 'another')
    tx.$executeRaw`INSERT INTO "project" (id, slug, name) SELECT gen_random_uuid(), slug, name FROM "project" WHERE id = ${id}::uuid`.catch(() => {})
  })
  await expect(work).rejects.toMatchObject({ code: '23505' })
  expect(await nameOf(id)).toBe(name)
})

test('a transaction the database ended gives its connection back, and the pool goes on', async () => {
  const { id, name } = await buildProject()
  const work = transact(async (tx) => {
    await rename(tx, id, 'another')
    await tx.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`
  })
  await expect(work).rejects.toThrow()
  expect(await nameOf(id)).toBe(name)
  await transact((tx) => rename(tx, id, 'after'))
  expect(await nameOf(id)).toBe('after')
  expect(pool.idleCount).toBe(pool.totalCount)
})

test('of transactions that wait for each other one is done again, and all are kept', async () => {
  const [a, b] = [await buildProject(), await buildProject()]
  const gate = Promise.withResolvers<void>()
  let waiting = 0
  let tries = 0
  const both = (first: string, second: string) =>
    transact(async (tx) => {
      tries++
      await tx.$executeRaw`UPDATE "project" SET "leaseMinutes" = "leaseMinutes" + 1 WHERE id = ${first}::uuid`
      if (++waiting === 2) gate.resolve()
      await gate.promise
      await tx.$executeRaw`UPDATE "project" SET "leaseMinutes" = "leaseMinutes" + 1 WHERE id = ${second}::uuid`
    })
  await Promise.all([both(a.id, b.id), both(b.id, a.id)])
  // Both, and the one that lost again; it may lose more than once.
  expect(tries).toBeGreaterThanOrEqual(3)
  const rows = await db.project.findMany({ where: { id: { in: [a.id, b.id] } } })
  expect(rows.map((row) => row.leaseMinutes)).toEqual([a.leaseMinutes + 2, b.leaseMinutes + 2])
})

test('what a refused transaction goes on to do does not happen, and its connection is the next one’s', async () => {
  const { id, name } = await buildProject()
  const gate = Promise.withResolvers<void>()
  const late: Promise<unknown>[] = []
  const work = transact(async (tx) => {
    await tx.project.findUniqueOrThrow({ where: { id } })
    const later = async (send: () => Promise<unknown>) => {
      await gate.promise
      await send()
    }
    late.push(
      later(() => rename(tx, id, 'too late')),
      later(() => tx.project.update({ where: { id }, data: { description: 'too late' } })),
    )
    await Promise.all([Promise.reject(new Error('no')), ...late])
  })
  await expect(work).rejects.toThrow('no')
  // In the midst of another's transaction, on the one connection there is: what came late would be kept with it.
  await transact(async (tx) => {
    await rename(tx, id, 'next')
    gate.resolve()
    const results = await Promise.allSettled(late)
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  })
  expect(await db.project.findUniqueOrThrow({ where: { id } })).toMatchObject({ name: 'next', description: '' })
  expect(name).not.toBe('next')
})

test('what a model is in the midst of writing when the transaction is undone is undone with it', async () => {
  const { id } = await buildProject()
  let write: Promise<unknown> = Promise.resolve()
  const work = transact(async (tx) => {
    await tx.project.findUniqueOrThrow({ where: { id } })
    const create = ['a', 'b', 'c', 'd'].map((contentHash) => ({ contentHash, messages: [], tools: [], firstUserText: contentHash }))
    // A statement for each of them, one after the other.
    write = tx.project.update({ where: { id }, data: { prompts: { create } } })
    write.catch(() => {})
    await tx.$queryRaw`SELECT 1`
    throw new Error('no')
  })
  await expect(work).rejects.toThrow('no')
  await expect(write).rejects.toThrow()
  expect(await db.prompt.count({ where: { projectId: id } })).toBe(0)
})

test('of several together the first failure is thrown when the last has ended', async () => {
  const order: string[] = []
  const gate = Promise.withResolvers<string>()
  const work = together([Promise.reject(new Error('first')), gate.promise.then((text) => order.push(text))])
  const end = work.catch((error: Error) => order.push(error.message))
  gate.resolve('last')
  await end
  expect(order).toEqual(['last', 'first'])
  expect(await together([1, Promise.resolve('b')])).toEqual([1, 'b'])
})

test('a deadlock in a statement nobody waited for is tried again', async () => {
  const [a, b] = [await buildProject(), await buildProject()]
  const gate = Promise.withResolvers<void>()
  let waiting = 0
  let tries = 0
  const both = (first: string, second: string) =>
    transact(async (tx) => {
      tries++
      await rename(tx, first, 'first')
      if (++waiting === 2) gate.resolve()
      await gate.promise
      rename(tx, second, 'second').catch(() => {})
      await tx.$queryRaw`SELECT 1`
    })
  await Promise.all([both(a.id, b.id), both(b.id, a.id)])
  // Both, and the one that lost again; it may lose more than once.
  expect(tries).toBeGreaterThanOrEqual(3)
})

test('who waits for a lock does not wait for ever', async () => {
  const [row] = await autocommit.$queryRaw<{ limit: string }[]>`SELECT current_setting('lock_timeout') AS limit`
  expect(row?.limit).toBe('30s')
})
