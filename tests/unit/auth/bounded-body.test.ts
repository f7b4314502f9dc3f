import { expect, test } from 'vitest'
import { boundedBody } from '#lib/auth/bounded-body.ts'

const LIMIT = 16 * 1024
const post = (body: BodyInit | null, headers: Record<string, string> = {}) =>
  new Request('http://exemplar.test/api/auth/callback/credentials', { method: 'POST', body, headers, duplex: 'half' } as RequestInit)

test('a body of the limit is given whole, one byte more is not', async () => {
  expect((await boundedBody(post('x'.repeat(LIMIT))))?.byteLength).toBe(LIMIT)
  expect(await boundedBody(post('x'.repeat(LIMIT + 1)))).toBeNull()
})

test('a body without end and without a declared length is read no further than the limit', async () => {
  let given = 0
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      given += 1024
      controller.enqueue(new Uint8Array(1024))
    },
  })
  expect(await boundedBody(post(endless))).toBeNull()
  expect(given).toBeLessThan(LIMIT * 2)
})

test('a declared length above the limit is enough, and no body is an empty one', async () => {
  expect(await boundedBody(post('short', { 'content-length': String(LIMIT + 1) }))).toBeNull()
  expect((await boundedBody(post(null)))?.byteLength).toBe(0)
})
