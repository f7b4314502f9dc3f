import { randomInt } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { refuse } from '#lib/domain/errors.ts'

// argon2id (the library's default) at the strength OWASP names first for interactive sign-in.
const STRENGTH = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

export const MIN_PASSWORD = 10
/** Longer input only costs time. */
export const MAX_PASSWORD = 200
const FEWEST_DIFFERENT = 5

export const hashPassword = (password: string): Promise<string> => hash(password.normalize('NFKC'), STRENGTH)

/** A hash of nobody's password: checking against it takes as long as against a real one. */
let decoy: Promise<string> | undefined

/** Does the password fit the hash? Takes the same time when there is no hash, so that answers tell nothing about accounts. */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword('nobody signs in with this')
  const fits = await verify(passwordHash ?? (await decoy), password.normalize('NFKC'))
  return passwordHash !== null && fits
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
