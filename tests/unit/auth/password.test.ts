import * as argon2 from '@node-rs/argon2'
import { beforeEach, expect, test, vi } from 'vitest'
import { DECOY, hashPassword, MAX_PASSWORD, verifyPassword } from '#lib/auth/password.ts'

vi.mock('@node-rs/argon2', async (original) => {
  const real = await original<typeof argon2>()
  return { ...real, verify: vi.fn(real.verify) }
})

const verify = vi.mocked(argon2.verify)
const PASSWORD = 'rivers and 山 stay put'

beforeEach(() => {
  verify.mockClear()
})

test('an account that is not there costs the same work as one that is: one check against a hash of the same strength', async () => {
  const real = await hashPassword(PASSWORD)
  expect(await verifyPassword(real, PASSWORD)).toBe(true)
  expect(verify).toHaveBeenCalledTimes(1)
  expect(await verifyPassword(null, PASSWORD)).toBe(false)
  expect(verify).toHaveBeenCalledTimes(2)
  const strengthOf = (hash: string) => hash.split('$').slice(1, 4)
  expect(strengthOf(DECOY)).toEqual(strengthOf(real))
})

test('what is longer than a password can be is never hashed, and fits nothing', async () => {
  expect(await verifyPassword(await hashPassword(''), 'x'.repeat(MAX_PASSWORD + 1))).toBe(false)
  expect(verify.mock.lastCall?.[1]).toBe('')
})

test('two checks run at once, 64 wait, and whoever comes then is asked to come back', async () => {
  let atOnce = 0
  let most = 0
  const release: (() => void)[] = []
  verify.mockImplementation(async () => {
    most = Math.max(most, ++atOnce)
    await new Promise<void>((resolve) => release.push(resolve))
    atOnce--
    return true
  })
  const checks = Array.from({ length: 66 }, () => verifyPassword(DECOY, PASSWORD))
  await expect(verifyPassword(DECOY, PASSWORD)).rejects.toMatchObject({ code: 'rate-limited', data: { retryAfterSeconds: 5 } })
  const settled = Promise.all(checks)
  for (let done = 0; done < 66; done++) {
    await vi.waitFor(() => expect(release.length).toBeGreaterThan(0))
    release.shift()?.()
  }
  expect(await settled).toHaveLength(66)
  expect(most).toBe(2)
  const after = verifyPassword(DECOY, PASSWORD)
  await vi.waitFor(() => expect(release.length).toBe(1))
  release.shift()?.()
  expect(await after).toBe(true)
})
