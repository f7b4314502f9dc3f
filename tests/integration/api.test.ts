import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, test } from 'vitest'
import { openApiDocument } from '#lib/api/openapi.ts'
import { db } from '#lib/db.ts'
import { POLICY } from '#lib/domain/policy.ts'
import { operations, send, tokenOf } from '../support/http.ts'
import { buildProject, buildPrompt, join } from '../support/world.ts'

const isPublic = (action: string) => (POLICY[action as keyof typeof POLICY].allow as readonly string[]).includes('anyone')
/** A path with ids that are well formed and name nothing. */
const absent = (path: string) => path.replaceAll(/\{\w+\}/g, () => crypto.randomUUID())

describe('every operation', () => {
  test('has an action of the policy table, a unique address, and an audit event where it writes', () => {
    const addresses = operations.map(({ method, path }) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`)
    expect(new Set(addresses).size).toBe(addresses.length)
    for (const operation of operations) {
      expect(POLICY, operation.name).toHaveProperty([operation.action])
      expect(operation.operationId).toBe(operation.name)
    }
  })

  test.each(operations.filter(({ action }) => !isPublic(action)))(
    '$name asks a visitor to sign in before it looks at anything',
    async ({ method, path }) => {
      const response = await send(absent(path), {
        method,
        ...(method === 'GET' ? {} : { body: { junk: true }, headers: { origin: 'http://127.0.0.1:3000' } }),
      })
      expect(response.status).toBe(401)
      expect(response.headers.get('content-type')).toBe('application/problem+json')
      expect(response.body).toMatchObject({ code: 'unauthenticated', type: 'urn:exemplar:error:unauthenticated', status: 401 })
    },
  )

  test.each(operations.filter(({ path }) => path.startsWith('/projects/{projectId}')))(
    '$name hides a foreign project from a token of another',
    async ({ method, path }) => {
      const [mine, foreign] = [await buildProject(), await buildProject()]
      const token = await tokenOf(await join(mine.id, 'labeller', 'reviewer', 'engineer', 'manager'), mine.id)
      const response = await send(
        path.replace('{projectId}', foreign.id).replaceAll(/\{\w+\}/g, () => crypto.randomUUID()),
        { method, token, ...(method === 'GET' ? {} : { body: {} }) },
      )
      // 422: the input was refused before anything was loaded, which says nothing about the row.
      expect([404, 422]).toContain(response.status)
    },
  )
})

describe('text the database cannot hold', () => {
  test.each([
    ['a NUL', 'a\u0000b', /NUL/],
    ['half of a surrogate pair', 'a\ud800', /surrogate/],
  ])('%s is refused by field, in bodies and in queries', async (_name, text, message) => {
    const project = await buildProject()
    const token = await tokenOf(await join(project.id, 'manager'), project.id)
    const body = await send(`/projects/${project.id}/models`, { method: 'POST', token, body: { name: text, path: '/nowhere' } })
    expect(body).toMatchObject({ status: 422, body: { code: 'invalid-input', detail: expect.stringMatching(message) } })
    expect(body.body).toMatchObject({ data: { issues: [{ path: 'name' }] } })
  })

  test('a NUL in the address of a page of rows', async () => {
    const project = await buildProject()
    const token = await tokenOf(await join(project.id, 'manager'), project.id)
    const { status } = await send(`/projects/${project.id}/prompts?search=%00`, { method: 'GET', token })
    expect(status).toBe(422)
  })
})

describe('the document', () => {
  test('is valid OpenAPI 3.1 and names every operation', async () => {
    const document = await openApiDocument('http://exemplar.test')
    const result = await new Validator().validate(structuredClone(document))
    expect(result.errors ?? []).toEqual([])
    expect(document.openapi).toMatch(/^3\.1/)
    const text = JSON.stringify(document)
    for (const { name } of operations) expect(text).toContain(`"operationId":"${name}"`)
  })
})

describe('the door', () => {
  const open = async () => {
    const project = await buildProject()
    const labeller = await join(project.id, 'labeller')
    await buildPrompt(project.id)
    return { project, labeller, token: await tokenOf(labeller, project.id), path: `/projects/${project.id}/claims` }
  }

  test('a request that changes something and comes with a cookie must come from our own pages', async () => {
    const { path } = await open()
    const cookie = { cookie: 'next-auth.session-token=whatever', 'content-type': 'application/json' }
    for (const headers of [
      { ...cookie, origin: 'https://evil.test' },
      { ...cookie, origin: 'null' },
      cookie,
      { ...cookie, 'sec-fetch-site': 'cross-site' },
    ]) {
      const response = await send(path, { method: 'POST', raw: '{}', headers: headers as Record<string, string> })
      expect(response.body).toMatchObject({ code: 'cross-site-request', status: 403 })
    }
  })

  test.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain'])('a body of type %s is refused', async (type) => {
    const { path, token } = await open()
    expect((await send(path, { method: 'POST', token, raw: 'kind=write', headers: { 'content-type': type } })).body.code).toBe(
      'unsupported-media-type',
    )
  })

  test('a call without further input needs no body, and an empty one is none', async () => {
    const { path, token } = await open()
    const { body } = await send(path, { method: 'POST', token, body: {} })
    for (const raw of [undefined, new ReadableStream({ start: (controller) => controller.close() })]) {
      expect((await send(`/conversations/${body.conversationId}/lease`, { method: 'POST', token, ...(raw ? { raw } : {}) })).status).toBe(200)
    }
  })

  test('malformed JSON, an unknown field and a wrong type each say what is wrong', async () => {
    const { path, token } = await open()
    expect((await send(path, { method: 'POST', token, raw: '{"kind":', headers: { 'content-type': 'application/json' } })).body).toMatchObject({
      code: 'malformed-body',
      status: 400,
    })
    const unknown = await send(path, { method: 'POST', token, body: { kind: 'write', isAdmin: true } })
    expect(unknown.body).toMatchObject({ code: 'invalid-input', status: 422 })
    expect(unknown.body.detail).toContain('isAdmin')
    expect((await send(path, { method: 'POST', token, body: { kind: { not: 'x' } } })).body.data.issues[0].path).toBe('kind')
  })

  test('a body over the limit is refused, declared or streamed', async () => {
    const { path, token } = await open()
    const large = JSON.stringify({ kind: 'x'.repeat(9_000_000) })
    expect(
      (
        await send(path, {
          method: 'POST',
          token,
          raw: large,
          headers: { 'content-type': 'application/json', 'content-length': String(large.length) },
        })
      ).body.code,
    ).toBe('payload-too-large')
    const stream = new Blob([large]).stream()
    expect((await send(path, { method: 'POST', token, raw: stream, headers: { 'content-type': 'application/json' } })).body.code).toBe(
      'payload-too-large',
    )
  })

  test('tokens: wrong, expired, revoked and of another project', async () => {
    const { project, labeller, path, token } = await open()
    expect((await send(path, { method: 'POST', token: 'exm_nonsense', body: {} })).status).toBe(401)
    const expired = await tokenOf(labeller, project.id, { expiresAt: new Date(Date.now() - 1000) })
    const answer = await send(path, { method: 'POST', token: expired, body: {} })
    expect(answer.body.detail).toContain('expired')
    const narrow = await tokenOf(labeller, project.id, { actions: ['conversation:list'] })
    expect((await send(path, { method: 'POST', token: narrow, body: {} })).body.code).toBe('forbidden')
    await db.apiToken.updateMany({ where: { userId: labeller.userId }, data: { revokedAt: new Date() } })
    expect((await send(path, { method: 'POST', token, body: {} })).body.detail).toContain('revoked')
  })

  test('the whole way by HTTP: claim, save, submit under one idempotency key, and the request id comes back', async () => {
    const { path, token } = await open()
    const claimed = await send(path, { method: 'POST', token, body: {}, headers: { 'x-request-id': 'request-12345' } })
    expect(claimed.status).toBe(200)
    expect(claimed.headers.get('x-request-id')).toBe('request-12345')
    const { conversationId } = claimed.body
    const draft = await send(`/conversations/${conversationId}/draft`, { token })
    const messages = [...draft.body.content.messages, { id: 'a', role: 'assistant', content: 'Like this.', train: true }]
    const saved = await send(`/conversations/${conversationId}/draft`, {
      method: 'PUT',
      token,
      body: { baseVersion: 0, content: { messages, tools: [] } },
    })
    expect(saved.body.version).toBe(1)
    const submit = () =>
      send(`/conversations/${conversationId}/submissions`, {
        method: 'POST',
        token,
        body: { baseVersion: 1, content: { messages, tools: [] } },
        headers: { 'idempotency-key': 'once-only-1' },
      })
    const [one, two] = [await submit(), await submit()]
    expect(one.body).toEqual(two.body)
    expect(one.body).toMatchObject({ state: 'submitted', revisionNumber: 1 })
    expect((await send(`/conversations/${crypto.randomUUID()}`, { token })).body.code).toBe('not-found')
  })

  test('an address that does not exist is a problem too', async () => {
    expect((await send('/nowhere')).body).toMatchObject({ code: 'not-found', status: 404 })
  })
})
