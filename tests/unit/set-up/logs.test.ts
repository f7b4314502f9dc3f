import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { secretsInLogs } from '../../../scripts/test/reports.ts'

const home = mkdtempSync(path.join(tmpdir(), 'exemplar-logs-'))
const log = (name: string, text: string) => writeFileSync(path.join(home, 'logs', name), text)

beforeEach(() => {
  rmSync(path.join(home, 'logs'), { recursive: true, force: true })
  mkdirSync(path.join(home, 'logs'))
  writeFileSync(path.join(home, 'demo.json'), JSON.stringify({ accounts: [{ email: 'admin@demo.example', password: 'abcd-efgh-jkmn-pqrs' }] }))
  writeFileSync(path.join(home, 'secrets.json'), JSON.stringify({ sessionSecret: 'the-session-secret', encryptionKey: 'the-key' }))
  log('web.log', '{"level":"info","path":"/api/v1/me","password":"[removed]"}\n')
})

afterAll(() => rmSync(home, { recursive: true, force: true }))

test('logs without secrets are clean', () => {
  expect(secretsInLogs(home)).toEqual([])
})

test.each([
  ['a demo password', 'tried abcd-efgh-jkmn-pqrs', 'worker.log holds the password of admin@demo.example'],
  ['a secret of the instance', 'the-key', 'worker.log holds a secret of secrets.json'],
  ['an API token', 'Bearer exm_0123456789abcdefghij', 'worker.log holds something like'],
  ['a session cookie', 'cookie: next-auth.session-token=eyJh.x', 'worker.log holds something like'],
  ['a field that should have been removed', '{"oneTimePassword":"x","password":"y"}', 'worker.log holds something like'],
])('%s is found', (_, text, found) => {
  log('worker.log', text)
  expect(secretsInLogs(home)).toEqual([expect.stringContaining(found)])
})

test('a home in which nothing could be found is an error, not a clean one', () => {
  rmSync(path.join(home, 'logs'), { recursive: true })
  expect(() => secretsInLogs(home)).toThrow(/no logs/)
})
