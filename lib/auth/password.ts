import { randomInt } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { refuse } from '#lib/domain/errors.ts'

// argon2id (the library's default) at the strength OWASP names first for interactive sign-in.
const STRENGTH = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

export const MIN_PASSWORD = 10
/** Longer input only costs time. */
export const MAX_PASSWORD = 200
const FEWEST_DIFFERENT = 5

/** Each takes a processor and 19 MB; two leave threads of Node's pool for files and names. */
const AT_ONCE = 2
const MOST_WAITING = 64
const WAIT_SECONDS = 5
let running = 0
const waiting: (() => void)[] = []

/**
 * Hashes in turn, so that a flood of sign-ins takes neither memory nor the whole machine.
 * @throws Refusal `rate-limited` when too many wait already.
 */
async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  if (running < AT_ONCE) running++
  else {
    if (waiting.length >= MOST_WAITING)
      refuse('rate-limited', `Too many passwords are being checked. Wait ${WAIT_SECONDS} seconds and try again.`, { retryAfterSeconds: WAIT_SECONDS })
    await new Promise<void>((resolve) => waiting.push(resolve))
  }
  try {
    return await work()
  } finally {
    // The place goes to whoever waits longest; only when nobody does is it free.
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}

export const hashPassword = (password: string): Promise<string> => inTurn(() => hash(password.normalize('NFKC'), STRENGTH))

/** A hash of nobody's password, of the strength above: checking against it takes as long as against a real one. */
export const DECOY = '$argon2id$v=19$m=19456,t=2,p=1$NpKp52AxKI4UkKQjV9xqYQ$XK58leqvDXdhB/zxm+cQbODhrzqm22JiaaqB/P/FZqQ'

/** Does the password fit the hash? Takes the same time when there is no hash, so that answers tell nothing about accounts. */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  const isTooLong = password.length > MAX_PASSWORD
  const candidate = isTooLong ? '' : password.normalize('NFKC')
  const fits = await inTurn(() => verify(passwordHash ?? DECOY, candidate))
  return passwordHash !== null && !isTooLong && fits
}

/** @throws Refusal `weak-password` with what is missing. */
export function checkPassword(password: string, email: string): void {
  if (password.length < MIN_PASSWORD) refuse('weak-password', `The password has ${password.length} characters; use at least ${MIN_PASSWORD}.`)
  if (new Set(password).size < FEWEST_DIFFERENT) refuse('weak-password', 'The password repeats the same few characters; use a greater variety.')
  const account = email.split('@')[0]?.toLowerCase() ?? ''
  if (account.length >= 4 && password.toLowerCase().includes(account))
    refuse('weak-password', 'The password contains the e-mail address; choose another.')
}

/** Without 0/O, 1/l/I, which people mistake when they read a password aloud. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'

/** A random password of four groups, about 93 bits. */
export function generatePassword(): string {
  const group = () => Array.from({ length: 4 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
  return [group(), group(), group(), group()].join('-')
}
