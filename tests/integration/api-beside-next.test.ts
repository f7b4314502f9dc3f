import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerBesideNext } from '#lib/api/node.ts'
import { env } from '#lib/env.ts'
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

async function engineer() {
  const { id: projectId } = await buildProject()
  const person = await join(projectId, 'engineer', 'labeller')
  return { projectId, authorization: `Bearer ${await tokenOf(person, projectId)}` }
}

test.each(['/', '/p/demo', '/api/health', '/api/auth/csrf', '/api/v1', '/api/v12/me', '/api/v1/openapi.json'])('%s stays with Next', async (path) => {
  expect(await (await fetch(address + path)).text()).toBe('page')
})

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

test.each(['/api/v1/me/%E0%A4%A', '/api/v1//', '/api/v1/../../me'])('%s is no address, and nothing breaks', async (path) => {
  const { authorization } = await engineer()
  const response = await fetch(address + path, { headers: { authorization } })
  expect(response.status).toBeLessThan(500)
})
