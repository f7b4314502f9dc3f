import { randomUUID } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import { MAX_PASSWORD } from '#lib/auth/password.ts'
import { db, pool } from '#lib/db.ts'
import { publicAddress } from '#lib/env.ts'
import { SOCKET_HEADER } from '#lib/web/remote-address.ts'
import { send } from '../support/http.ts'
import { buildAccount, signIn } from '../support/sign-in.ts'

const PASSWORD = 'rivers and 山 stay put'
const WRONG = 'not the password'
const LIMITED = /^rate-limited:\d+$/

const newEmail = () => `limits-${randomUUID().slice(0, 8)}@example.test`
/** An address nobody else in this file comes from. */
let networks = 0
const newAddress = () => `198.51.100.${++networks}`

async function account(): Promise<string> {
  const email = newEmail()
  await buildAccount(email, PASSWORD)
  return email
}

async function fail(times: number, email: string, from: (number: number) => { address: string; forwardedFor?: string }): Promise<void> {
  for (let number = 0; number < times; number++) expect((await signIn(email, WRONG, from(number))).error).toBe('CredentialsSignin')
}

describe('tries at signing in', () => {
  test('after ten that failed from one address even the right password waits; from elsewhere it does not', async () => {
    const email = await account()
    const address = newAddress()
    await fail(10, email, () => ({ address }))
    expect((await signIn(email, PASSWORD, { address })).error).toMatch(LIMITED)
    expect((await signIn(email, PASSWORD, { address: newAddress() })).session).not.toBeNull()
  })

  test('are counted by the connection, whatever a client writes into X-Forwarded-For', async () => {
    const email = await account()
    const address = newAddress()
    await fail(10, email, (number) => ({ address, forwardedFor: `203.0.113.${number}` }))
    expect((await signIn(email, PASSWORD, { address, forwardedFor: '203.0.113.250' })).error).toMatch(LIMITED)
  })

  test('are counted for the account, too, wherever they come from', async () => {
    const email = await account()
    await fail(50, email, (number) => ({ address: `2001:db8:${number}::1` }))
    expect((await signIn(email, PASSWORD, { address: newAddress() })).error).toMatch(LIMITED)
  }, 60_000)

  test('refused from one address, do not count for the account', async () => {
    const email = await account()
    const address = newAddress()
    await fail(10, email, () => ({ address }))
    for (let tries = 0; tries < 60; tries++) await signIn(email, WRONG, { address })
    expect((await signIn(email, PASSWORD, { address: newAddress() })).session).not.toBeNull()
  }, 60_000)

  test('at account after account are counted for the address', async () => {
    const email = await account()
    const address = newAddress()
    await db.rateLimit.create({ data: { key: `sign-in:address:${address}`, windowStart: new Date(), count: 299 } })
    await fail(1, newEmail(), () => ({ address }))
    expect((await signIn(email, PASSWORD, { address })).error).toMatch(LIMITED)
  })

  test('that succeed count nowhere', async () => {
    const email = await account()
    const address = newAddress()
    for (let tries = 0; tries < 12; tries++) expect((await signIn(email, PASSWORD, { address })).session).not.toBeNull()
    expect(await db.rateLimit.findUnique({ where: { key: `sign-in:address:${address}` } })).toMatchObject({ count: 0 })
  })

  test('with a password longer than any can be are wrong, even where its beginning fits', async () => {
    const email = newEmail()
    const longest = 'rivers and hills '.repeat(20).slice(0, MAX_PASSWORD)
    await buildAccount(email, longest)
    const address = newAddress()
    expect((await signIn(email, longest, { address })).session).not.toBeNull()
    expect(await signIn(email, `${longest}x`, { address })).toEqual({ session: null, error: 'CredentialsSignin' })
  })
})

test('visitors of the API are counted by their connection, too', async () => {
  const visit = (number: number) =>
    send('/set-up', {
      method: 'POST',
      headers: { origin: publicAddress, [SOCKET_HEADER]: '198.51.100.200', 'x-forwarded-for': `203.0.113.${number}` },
      body: { email: newEmail(), name: 'First', password: PASSWORD },
    })
  for (let number = 0; number < 20; number++) expect((await visit(number)).body.code).toBe('set-up-done')
  const refused = await visit(20)
  expect([refused.status, refused.body.code]).toEqual([429, 'rate-limited'])
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
})

describe('a database that does not answer', () => {
  test.each(['counting the try', 'finding the account', 'opening the session'])(
    'while %s is said as that, with nothing of its own words',
    async (what) => {
      const email = await account()
      const lost = Object.assign(new Error("Can't reach database server at 10.0.0.7:5432"), { code: 'P1001' })
      if (what === 'counting the try') vi.spyOn(pool, 'query').mockImplementation(() => Promise.reject(lost))
      if (what === 'finding the account') vi.spyOn(db.user, 'findUnique').mockRejectedValue(lost)
      if (what === 'opening the session') vi.spyOn(db, '$transaction').mockRejectedValue(lost)
      try {
        expect(await signIn(email, PASSWORD, { address: newAddress() })).toEqual({ session: null, error: 'unavailable' })
      } finally {
        vi.restoreAllMocks()
      }
    },
  )
})
