import { expect, test } from 'vitest'
import { localAddress, parseEnvironment, variables } from '#lib/env.ts'

test('every variable has a default or may be absent', () => {
  const environment = parseEnvironment({})
  expect(environment).toMatchObject({ EXEMPLAR_PORT: 3000, EXEMPLAR_HOST: '127.0.0.1', EXEMPLAR_DEMO: 'on', EXEMPLAR_POOL_SIZE: 10 })
  expect(environment.DATABASE_URL).toBeUndefined()
})

test('an empty value counts as absent', () => {
  expect(parseEnvironment({ EXEMPLAR_PORT: '', DATABASE_URL: '' })).toEqual(parseEnvironment({}))
})

test('all wrong variables are named at once', () => {
  const wrong = () => parseEnvironment({ EXEMPLAR_PORT: '70000', EXEMPLAR_DEMO: 'yes', EXEMPLAR_SECRET: 'short' })
  expect(wrong).toThrow(/EXEMPLAR_PORT .*EXEMPLAR_DEMO .*EXEMPLAR_SECRET /)
})

test.each(['mysql://a@b/c', 'localhost:5432', 'postgresql://a@b/c?schema=other'])('%s is no address of a database', (address) => {
  expect(() => parseEnvironment({ DATABASE_URL: address })).toThrow(/DATABASE_URL/)
})

test.each(['postgresql://a:b@localhost:5432/c', 'postgres://10.0.0.1/c?sslmode=require', 'postgresql://u:p%40ss@db.example.org/c'])(
  '%s is the address of a database',
  (address) => {
    expect(parseEnvironment({ DATABASE_URL: address }).DATABASE_URL).toBe(address)
  },
)

test.each([
  ['127.0.0.1', 'http://127.0.0.1:3000'],
  ['0.0.0.0', 'http://localhost:3000'],
  ['::', 'http://localhost:3000'],
  ['::1', 'http://[::1]:3000'],
])('a server on %s is reached at %s', (host, address) => {
  expect(localAddress(host, 3000)).toBe(address)
})

test('every variable is documented', () => {
  for (const { doc } of Object.values(variables)) expect(doc).toMatch(/^[A-Z`].*\.$/s)
})
