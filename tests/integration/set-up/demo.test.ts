import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { hashPassword } from '#lib/auth/password.ts'
import { db } from '#lib/db.ts'
import { home } from '#lib/home.ts'
import { runScript } from '../../../scripts/start/command.ts'
import { decideDemo, ensureDemo, noteDemoAddress } from '../../../scripts/start/demo.ts'

const url = process.env.DATABASE_URL ?? ''
const LABELLER = { role: 'labeller', email: 'labeller@demo.example', password: 'of-the-first-seed-1' }
const writeDemo = (...accounts: object[]) => writeFileSync(home.demo, JSON.stringify({ address: 'http://127.0.0.1:1', accounts }))

let said = ''
/** Stands for the real seed: what it leaves in the database and in the home. */
const seed = vi.fn(async () => {
  await db.user.create({ data: { email: LABELLER.email, passwordHash: await hashPassword(LABELLER.password) } })
  await db.systemTask.upsert({ where: { key: 'demo-project' }, create: { key: 'demo-project', state: 'ready' }, update: { state: 'ready' } })
  writeDemo(LABELLER)
})

beforeEach(() => {
  said = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text)
    return true
  })
})

afterEach(async () => {
  vi.restoreAllMocks()
  seed.mockClear()
  rmSync(home.demo, { force: true })
  await db.systemTask.deleteMany()
  await db.user.deleteMany()
})

test.each([
  ['an empty database', { mark: null, hasProject: false, hasPeople: false }, 'seed'],
  ['a seed that was cut off', { mark: 'making', hasProject: true, hasPeople: true }, 'seed'],
  ['a complete demo', { mark: 'ready', hasProject: true, hasPeople: true }, 'present'],
  ['a demo whose project is gone', { mark: 'ready', hasProject: false, hasPeople: true }, 'present'],
  ['a demo of before the mark', { mark: null, hasProject: true, hasPeople: true }, 'present'],
  ['an instance in use', { mark: null, hasProject: false, hasPeople: true }, 'foreign'],
] as const)('%s: %o decides %s', (_, facts, decision) => {
  expect(decideDemo(facts)).toBe(decision)
})

describe('a start with the demo on', () => {
  test('seeds an empty database even where the home has a file of another one, and gives the new passwords', async () => {
    writeDemo({ ...LABELLER, password: 'of-another-database' })
    expect(await ensureDemo(url, seed)).toEqual([LABELLER])
    expect(seed).toHaveBeenCalledTimes(1)
    expect(await ensureDemo(url, seed)).toEqual([LABELLER])
    expect(seed).toHaveBeenCalledTimes(1)
  })

  test('goes on where a seed was cut off', async () => {
    await db.user.create({ data: { email: 'admin@demo.example', isAdmin: true } })
    await db.systemTask.create({ data: { key: 'demo-project', state: 'making' } })
    expect(await ensureDemo(url, seed)).toEqual([LABELLER])
    expect(seed).toHaveBeenCalledTimes(1)
  })

  test('leaves an instance that people use alone, says so, and shows no password that opens nothing', async () => {
    writeDemo(LABELLER)
    await db.user.create({ data: { email: 'somebody@example.test' } })
    expect(await ensureDemo(url, seed)).toEqual([])
    expect(seed).not.toHaveBeenCalled()
    expect(said).toMatch(/no demo project was made: the database already holds accounts/)
  })

  test('shows only passwords that still open an account', async () => {
    await seed()
    seed.mockClear()
    const changed = { role: 'reviewer', email: 'reviewer@demo.example', password: 'before-it-was-changed' }
    const closed = { role: 'manager', email: 'manager@demo.example', password: 'of-a-closed-account' }
    const bare = { role: 'engineer', email: 'engineer@demo.example', password: 'x' }
    await db.user.create({ data: { email: changed.email, passwordHash: await hashPassword('another good one 9') } })
    await db.user.create({ data: { email: closed.email, passwordHash: await hashPassword(closed.password), disabledAt: new Date() } })
    await db.user.create({ data: { email: bare.email } })
    writeDemo(LABELLER, changed, closed, bare)
    expect(await ensureDemo(url, seed)).toEqual([LABELLER])
    rmSync(home.demo)
    expect(await ensureDemo(url, seed)).toEqual([])
    expect(said).toMatch(/passwords of the demo are not known here/)
    expect(seed).not.toHaveBeenCalled()
  })
})

test('the file names the present address after every start, keeps its accounts and stays private', () => {
  noteDemoAddress('http://127.0.0.1:3001')
  expect(() => statSync(home.demo)).toThrow()
  writeDemo(LABELLER)
  noteDemoAddress('http://127.0.0.1:3001')
  expect(JSON.parse(readFileSync(home.demo, 'utf8'))).toEqual({ address: 'http://127.0.0.1:3001', accounts: [LABELLER] })
  expect(statSync(home.demo).mode & 0o777).toBe(0o600)
})

test('the seed itself refuses a database that holds accounts, and makes none', async () => {
  await db.user.create({ data: { email: 'somebody@example.test' } })
  const { code, output } = await runScript('prisma/seed/main.ts', [], { env: { DATABASE_URL: url } })
  expect(code).not.toBe(0)
  expect(output).toContain('already holds accounts')
  expect(await db.user.count()).toBe(1)
  expect(await db.systemTask.count()).toBe(0)
})
