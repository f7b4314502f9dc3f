import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { home } from '#lib/home.ts'
import { ensureSecrets } from '../../../scripts/start/secrets.ts'

afterEach(() => rmSync(home.secrets, { force: true }))

test('secrets are made once, readable for their own user only', () => {
  const made = ensureSecrets()
  expect(statSync(home.secrets).mode & 0o777).toBe(0o600)
  expect(JSON.parse(readFileSync(home.secrets, 'utf8'))).toEqual(made)
  expect(Buffer.from(made.encryptionKey, 'base64')).toHaveLength(32)
  expect(Buffer.from(made.sessionSecret, 'base64url')).toHaveLength(32)
  expect(ensureSecrets()).toEqual(made)
})

test('a file that is cut short is named, not replaced: everything sealed would be lost', () => {
  writeFileSync(home.secrets, '{"sessionSecret":')
  expect(ensureSecrets).toThrow(/secrets\.json is not readable/)
  expect(readFileSync(home.secrets, 'utf8')).toBe('{"sessionSecret":')
})
