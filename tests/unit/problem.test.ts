import { Writable } from 'node:stream'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { Refusal } from '#lib/domain/errors.ts'
import { logOptions } from '#lib/log.ts'
import { withRequestId } from '#lib/request-id.ts'
import { asProblem } from '#lib/services/problem.ts'

const problem = (error: unknown) => asProblem(error, 'request-1', 'getMe')
const coded = (code: string) => Object.assign(new Error('it broke'), { code })

test.each([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'P1001',
  'P1017',
  '57P01',
  '57P02',
  '57P03',
  '57P05',
  '25P03',
  '53300',
  '55P03',
])('an error of code %s leaves as unavailable, wherever the layers put the code', (code) => {
  const wrapped = [
    coded(code),
    Object.assign(new Error('it broke'), { cause: coded(code) }),
    { meta: { driverAdapterError: { cause: { originalCode: code } } } },
  ]
  for (const error of wrapped) expect(problem(error)).toMatchObject({ code: 'unavailable', status: 503 })
})

test.each([
  "Can't reach database server at 127.0.0.1",
  'Connection terminated unexpectedly',
  'FATAL: the database system is shutting down',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error and is not queryable',
])('the message “%s” leaves as unavailable', (message) => expect(problem(new Error(message)).code).toBe('unavailable'))

test('what is not expected leaves as internal, with the id to quote and without its own words', () => {
  for (const error of [coded('23503'), new Error('secret detail'), null, 'text']) {
    expect(problem(error)).toMatchObject({ code: 'internal', status: 500, message: expect.stringContaining('request-1') })
  }
})

test('of two who make the same thing at once the second is told that it is there', () => {
  for (const error of [coded('P2002'), { meta: { driverAdapterError: { cause: { originalCode: '23505' } } } }])
    expect(problem(error)).toMatchObject({ code: 'already-exists', status: 409, message: expect.not.stringContaining('it broke') })
})

test('what a schema refuses leaves in words of the interface, with what other languages need to say it', () => {
  const { issues = [] } = z.strictObject({ name: z.string().max(3) }).safeParse({ name: 'long' }).error ?? {}
  const refused = asProblem(new Refusal('invalid-input'), 'request-1', 'getMe')
  Object.assign(refused, { code: 'BAD_REQUEST', data: { issues } })
  expect(problem(refused)).toMatchObject({
    code: 'invalid-input',
    message: 'name: Use at most 3 characters.',
    data: { issues: [{ path: 'name', message: 'Use at most 3 characters.', fault: { code: 'too-long', limit: 3 } }] },
  })
})

test('a refusal leaves as it is', () => {
  expect(problem(new Refusal('no-work', 'Nothing.', { a: 1 }))).toMatchObject({ code: 'no-work', status: 404, message: 'Nothing.', data: { a: 1 } })
})

test('a log line carries the id of the request it is written in, and none outside', () => {
  const lines: Record<string, unknown>[] = []
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)))
      done()
    },
  })
  const log = pino({ ...logOptions, level: 'info' }, sink)
  withRequestId('request-7', () => log.child({ job: 'build.run' }).info('inside'))
  log.info('outside')
  expect(lines).toMatchObject([{ requestId: 'request-7', job: 'build.run', msg: 'inside' }, { msg: 'outside' }])
  expect(lines[1]).not.toHaveProperty('requestId')
})
