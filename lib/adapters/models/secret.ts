import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { refuseWith } from '#lib/adapters/english.ts'
import { getSecrets } from '#lib/home.ts'

const ALGORITHM = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16

const key = () => Buffer.from(getSecrets().encryptionKey, 'base64')

/** Encrypts a credential for the database; what it belongs to is bound in, so that it cannot be moved to another row. */
export function sealSecret(text: string, owner: string): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(ALGORITHM, key(), iv).setAAD(Buffer.from(owner))
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64')
}

const unreadable = (): never => refuseWith('model-not-ready', 'reply', { code: 'key-sealed', facts: {} })

/** @throws Refusal `model-not-ready` when the key, the owner or the text is another one. */
export function openSecret(sealed: string, owner: string): string {
  const bytes = Buffer.from(sealed, 'base64')
  if (bytes.length < IV_BYTES + TAG_BYTES) return unreadable()
  const decipher = createDecipheriv(ALGORITHM, key(), bytes.subarray(0, IV_BYTES)).setAAD(Buffer.from(owner))
  decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES))
  const opened = [decipher.update(bytes.subarray(IV_BYTES, bytes.length - TAG_BYTES))]
  try {
    opened.push(decipher.final())
  } catch {
    // The authentication tag does not fit.
    return unreadable()
  }
  return Buffer.concat(opened).toString('utf8')
}
