import { randomBytes } from 'node:crypto'
import { findSecretsFile, home, type Secrets } from '#lib/home.ts'
import { writePrivate } from './write-private.ts'

/** The instance's secrets, made at its first start. */
export function ensureSecrets(): Secrets {
  const kept = findSecretsFile()
  if (kept) return kept
  const made: Secrets = { sessionSecret: randomBytes(32).toString('base64url'), encryptionKey: randomBytes(32).toString('base64') }
  writePrivate(home.secrets, made)
  return made
}
