import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { LINGER_MS } from '#lib/api/incoming.ts'
import { answerBesideNext } from '#lib/api/node.ts'
import { env } from '#lib/env.ts'
import { log } from '#lib/log.ts'
import { noteSocketAddresses } from '#lib/web/socket-address.ts'
import { tokenOf } from '../support/http.ts'
import { buildProject, buildPrompt, join } from '../support/world.ts'

let server: Server
let address: string

beforeAll(async () => {
  noteSocketAddresses()
  answerBesideNext()
  // In Next's place: a server whose one listener answers everything.
  server = createServer((_, response) => response.end('page'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))
afterEach(() => void vi.restoreAllMocks())

async function engineer() {
  const { id: projectId } = await buildProject()
  const person = await join(projectId, 'engineer', 'labeller')
  return { projectId, authorization: `Bearer ${await tokenOf(person, projectId)}` }
}

test.each(['/', '/p/demo', '/api/health', '/api/auth/csrf', '/api/v1', '/api/v12/me', '/api/v1/openapi.json', '/api/v1/openapi.json?x=1'])(
  '%s stays with Next',
  async (path) => {
    expect(await (await fetch(address + path)).text()).toBe('page')
  },
)

test('an answer of the API carries its problem, its request’s id and the headers every answer has', async () => {
  const response = await fetch(`${address}/api/v1/me`, { headers: { 'x-request-id': 'request-0001' } })
  expect(response.status).toBe(401)
  expect(await response.json()).toMatchObject({ code: 'unauthenticated' })
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'application/problem+json',
    'x-request-id': 'request-0001',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'content-security-policy': expect.stringContaining('sandbox'),
    'cache-control': 'no-store',
  })
})

test('a script claims and submits', async () => {
  const { projectId, authorization } = await engineer()
  await buildPrompt(projectId)
  const post = async (path: string, body: unknown) => {
    const headers = { authorization, 'content-type': 'application/json' }
    const response = await fetch(`${address}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  const claimed = await post(`/projects/${projectId}/claims`, {})
  expect(claimed.status).toBe(200)
  const messages = ['user', 'assistant'].map((role) => ({ id: role, role, content: `The ${role} speaks.`, train: role === 'assistant' }))
  const submitted = await post(`/conversations/${claimed.body.conversationId}/submissions`, { baseVersion: 0, content: { messages, tools: [] } })
  expect(submitted).toMatchObject({ status: 201, body: { state: 'submitted' } })
})

test('a long answer is compressed for whoever takes that, and is the same; HEAD has none', async () => {
  const { projectId, authorization } = await engineer()
  for (let number = 0; number < 10; number++) await buildPrompt(projectId)
  const list = (encoding: string, method = 'GET') =>
    fetch(`${address}/api/v1/projects/${projectId}/prompts`, { method, headers: { authorization, 'accept-encoding': encoding } })
  const [plain, packed, head] = [await list('identity'), await list('br, gzip'), await list('identity', 'HEAD')]
  expect([plain.headers.get('content-encoding'), packed.headers.get('content-encoding')]).toEqual([null, 'gzip'])
  const text = await plain.text()
  expect(text.length).toBeGreaterThan(1024)
  expect(await packed.text()).toBe(text)
  expect([head.status, await head.text()]).toEqual([200, ''])
})

test('a file comes in as it is sent', async () => {
  const { projectId, authorization } = await engineer()
  const lines = Array.from({ length: 3000 }, (_, number) => `${JSON.stringify({ instruction: `Question ${number}?`, output: 'x'.repeat(50) })}\n`)
  const response = await fetch(`${address}/api/v1/projects/${projectId}/imports?format=alpaca&fileName=rows.jsonl`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/jsonl' },
    body: new Blob(lines).stream(),
    duplex: 'half',
  } as RequestInit)
  expect(await response.json()).toMatchObject({ imported: lines.length, faulty: 0 })
})

test('what is too long is refused, and the next request of the same client is answered', async () => {
  const { projectId, authorization } = await engineer()
  const body = `{"a":"${'x'.repeat(env.EXEMPLAR_BODY_LIMIT)}"}`
  const headers = { authorization, 'content-type': 'application/json' }
  const refused = await fetch(`${address}/api/v1/projects/${projectId}/claims`, { method: 'POST', headers, body })
  expect([refused.status, refused.headers.get('connection')]).toEqual([413, 'close'])
  expect((await fetch(`${address}/api/v1/me`, { headers: { authorization } })).status).toBe(200)
})

/** A client that says what it says, byte by byte, and listens only when asked to. */
async function open() {
  const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' })
  await once(socket, 'connect')
  socket.pause()
  let heard = ''
  socket.on('data', (bytes: Buffer) => {
    heard += bytes.toString()
  })
  socket.pause()
  return {
    say: (bytes: string | Buffer) => new Promise<void>((resolve, reject) => socket.write(bytes, (error) => (error ? reject(error) : resolve()))),
    /** Everything until the server closes; rejects when the connection is reset. */
    listen: () =>
      new Promise<string>((resolve, reject) => {
        socket
          .once('end', () => resolve(heard))
          .once('error', reject)
          .resume()
      }),
    close: () => socket.destroy(),
  }
}

const PIECE = Buffer.alloc(1024 * 1024, 'x')

describe('an answer before the end of the body', () => {
  test('reaches a client that sends everything before it listens', async () => {
    const client = await open()
    await client.say(`POST /api/v1/me HTTP/1.1\r\nhost: x\r\norigin: http://x\r\ncontent-length: ${32 * PIECE.length}\r\n\r\n`)
    for (let number = 0; number < 32; number++) await client.say(PIECE)
    const heard = await client.listen()
    expect(heard).toMatch(/^HTTP\/1.1 4\d\d .*connection: close/is)
    expect(heard).toContain('"code":')
  })

  test('reaches a client whose body, of no declared length, turns out too long', async () => {
    const { projectId, authorization } = await engineer()
    const client = await open()
    const head = `POST /api/v1/projects/${projectId}/claims HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\ncontent-type: application/json`
    await client.say(`${head}\r\ntransfer-encoding: chunked\r\n\r\n`)
    const pieces = Math.ceil(env.EXEMPLAR_BODY_LIMIT / PIECE.length) + 16
    for (let number = 0; number < pieces; number++) {
      await client.say(`${PIECE.length.toString(16)}\r\n`)
      await client.say(PIECE)
      await client.say('\r\n')
    }
    await client.say('0\r\n\r\n')
    expect(await client.listen()).toMatch(/^HTTP\/1.1 413 .*payload-too-large/s)
  })

  test('is whole at once, and a client that never ends is let go after a while', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const client = await open()
      await client.say('POST /api/v1/me HTTP/1.1\r\nhost: x\r\norigin: http://x\r\ncontent-length: 100000\r\n\r\nx')
      const heard = client.listen()
      await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1))
      vi.advanceTimersByTime(LINGER_MS)
      expect(await heard).toMatch(/^HTTP\/1.1 4\d\d .*"code":/s)
    } finally {
      vi.useRealTimers()
    }
  })
})

test('a method no Request can have is refused as others are', async () => {
  const client = await open()
  await client.say('TRACE /api/v1/me HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
  expect(await client.listen()).toMatch(/^HTTP\/1.1 405 .*allow: GET, HEAD, PATCH, OPTIONS\r\n.*method-not-allowed/is)
})

test('what fails on the way to an answer is logged and said', async () => {
  const error = vi.spyOn(log, 'error').mockImplementation(() => {})
  vi.spyOn(globalThis, 'Request').mockImplementationOnce(function fail() {
    throw new TypeError('secret detail')
  })
  const response = await fetch(`${address}/api/v1/me`)
  const problem = (await response.json()) as { detail: string }
  expect([response.status, response.headers.get('content-type')]).toEqual([500, 'application/problem+json'])
  expect(problem).toMatchObject({ code: 'internal', detail: expect.stringContaining(response.headers.get('x-request-id') ?? 'no id') })
  expect(error).toHaveBeenCalledWith(expect.objectContaining({ err: expect.objectContaining({ message: 'secret detail' }) }), 'operation failed')
})

test.each(['/api/v1/me/%E0%A4%A', '/api/v1//', '/api/v1/../../me'])('%s is no address, and nothing breaks', async (path) => {
  const { authorization } = await engineer()
  const response = await fetch(address + path, { headers: { authorization } })
  expect(response.status).toBeLessThan(500)
})
