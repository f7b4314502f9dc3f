import { createHash } from 'node:crypto'
import { consumeRate, returnRate } from '#lib/services/rate-limit.ts'

const windowSeconds = 15 * 60

type Try = { email: string; address: string }

/** An address as typed may be of any length; a key may not. */
const nameOf = (email: string) => createHash('sha256').update(email).digest('base64url')

/**
 * How many tries may fail in a window. The first stops one place that tries everybody, the second one place that tries
 * somebody, the third many places that try somebody; an earlier one refuses before a later one counts.
 */
const LIMITS: { limit: number; keyOf: (tried: Try) => string }[] = [
  { limit: 300, keyOf: ({ address }) => `sign-in:address:${address}` },
  { limit: 10, keyOf: ({ email, address }) => `sign-in:both:${nameOf(email)}:${address}` },
  { limit: 50, keyOf: ({ email }) => `sign-in:account:${nameOf(email)}` },
]

/** Counts a try before it is made, so that tries at the same moment count too. @throws Refusal `rate-limited`. */
export async function takeTry(tried: Try): Promise<void> {
  for (const { limit, keyOf } of LIMITS) await consumeRate(keyOf(tried), { limit, windowSeconds })
}

/** A try that succeeded counts nowhere. */
export async function giveTryBack(tried: Try): Promise<void> {
  await Promise.all(LIMITS.map(({ keyOf }) => returnRate(keyOf(tried))))
}
