import { pino } from 'pino'
import { expect, test } from 'vitest'
import { logOptions } from '#lib/log.ts'

const SECRETS = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'currentPassword',
  'newPassword',
  'oneTimePassword',
  'passwordHash',
  'token',
  'tokenHash',
  'sessionToken',
  'csrfToken',
  'apiKey',
  'sealedKey',
  'secret',
  'sessionSecret',
  'encryptionKey',
]

function logged(value: object): string {
  const lines: string[] = []
  pino({ ...logOptions, level: 'info' }, { write: (line: string) => void lines.push(line) }).info(value, 'something happened')
  return lines.join('')
}

test.each(SECRETS)('%s is never logged, at whatever depth callers pass it', (name) => {
  for (const value of [
    { [name]: 'hush-hush' },
    { body: { [name]: 'hush-hush' } },
    { err: { input: { [name]: 'hush-hush' } } },
    { job: { data: { headers: { [name]: 'hush-hush' } } } },
  ]) {
    const line = logged(value)
    expect(line).not.toContain('hush-hush')
    expect(line).toContain('[removed]')
  }
})

test('what is no secret stays readable', () => {
  expect(logged({ requestId: 'r-1', body: { tokens: 12, passwordLength: 9 } })).toMatch(/r-1.*"tokens":12.*"passwordLength":9/)
})
