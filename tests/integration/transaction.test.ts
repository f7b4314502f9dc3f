import { expect, test } from 'vitest'
import { db, pool } from '#lib/db.ts'
import { autocommit, type Tx, transact } from '#lib/services/transaction.ts'
import { buildProject } from '../support/world.ts'

const rename = (tx: Tx, id: string, name: string) => tx.$executeRaw`UPDATE "project" SET name = ${name} WHERE id = ${id}::uuid`
const nameOf = async (id: string) => (await db.project.findUniqueOrThrow({ where: { id } })).name

/** One value of every type a statement here may ask for. */
const VALUES = `SELECT 1::int2 AS a, 2::int4 AS b, 9007199254740993::int8 AS c, 1.5::float8 AS d, 12.340::numeric AS e, true AS f, 'text' AS g,
  '00000000-0000-0000-0000-000000000001'::uuid AS h, '2026-11-25 10:00:00.123+02'::timestamptz AS i, '2026-11-25 10:00:00.123'::timestamp AS j,
  '2026-11-25'::date AS k, '{"a": [1, null]}'::jsonb AS l, ARRAY['a', NULL, 'b,c'] AS m, ARRAY['00000000-0000-0000-0000-000000000001'::uuid] AS n,
  ARRAY[1, 2]::int4[] AS o, ARRAY[1, 2]::int8[] AS p, '{}'::int8[] AS q, NULL::timestamptz AS r`

test('raw SQL answers what it answers through Prisma, value by value', async () => {
  const through = await db.$queryRawUnsafe<object[]>(VALUES)
  expect(await autocommit.$queryRawUnsafe(VALUES)).toEqual(through)
  expect(await transact((tx) => tx.$queryRawUnsafe(VALUES))).toEqual(through)
})

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
  expect(tries).toBe(3)
  const rows = await db.project.findMany({ where: { id: { in: [a.id, b.id] } } })
  expect(rows.map((row) => row.leaseMinutes)).toEqual([a.leaseMinutes + 2, b.leaseMinutes + 2])
})
