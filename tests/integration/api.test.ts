import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { SESSION_COOKIE } from '#lib/auth/session-cookie.ts'
import { db } from '#lib/db.ts'
import { POLICY } from '#lib/domain/policy.ts'
import { env } from '#lib/env.ts'
import { OPTIONS } from '../../app/api/v1/[...path]/route.ts'
import { GET as getDocument } from '../../app/api/v1/openapi.json/route.ts'
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

  test('answers 201 where it makes something that stays', () => {
    const COLLECTIONS =
      /\/(projects|users|members|tokens|prompts|builds|snapshots|runs|models|model-endpoints|versions|reviews|adjudications|fixes|\{commentId\}\/replies|submissions|set-up)$/
    for (const { name, method, path, successStatus = 200 } of operations)
      expect(successStatus, name).toBe(method === 'POST' && COLLECTIONS.test(path) ? 201 : 200)
  })

  type Schema = { type?: string; maximum?: number; minimum?: number; properties?: Record<string, Schema>; [key: string]: unknown }
  const inputOf = ({ inputSchema }: (typeof operations)[number]) => z.toJSONSchema(inputSchema, { io: 'input', unrepresentable: 'any' }) as Schema
  const partsOf = (schema: unknown, path = ''): [string, Schema][] =>
    typeof schema !== 'object' || schema === null
      ? []
      : [[path, schema as Schema], ...Object.entries(schema).flatMap(([key, part]) => partsOf(part, `${path}/${key}`))]

  test('bounds every whole number by what the database holds', () => {
    // A fencing token is a bigint there; the seed goes to the model alone.
    const LARGER = /\/(fencingToken|seed)$/
    for (const operation of operations) {
      for (const [path, { type, maximum = 0, minimum = 0 }] of partsOf(inputOf(operation))) {
        if (type !== 'integer' || LARGER.test(path)) continue
        expect(maximum, `${operation.name} ${path}`).toBeLessThanOrEqual(2_147_483_647)
        expect(minimum, `${operation.name} ${path}`).toBeGreaterThanOrEqual(-2_147_483_648)
      }
    }
  })

  test('takes one value of a list in its address as well as several', () => {
    for (const operation of operations.filter(({ method }) => method === 'GET'))
      for (const [key, { type }] of Object.entries(inputOf(operation).properties ?? {})) expect(type, `${operation.name} ${key}`).not.toBe('array')
  })
})

describe('the document', () => {
  const load = async () => (await getDocument()).json()

  test('as it is served is valid OpenAPI 3.1 and names every operation', async () => {
    const document = await load()
    const result = await new Validator().validate(structuredClone(document))
    expect(result.errors ?? []).toEqual([])
    expect(document.openapi).toMatch(/^3\.1/)
    expect(document.components.securitySchemes.session.name).toBe(SESSION_COOKIE)
    const named = Object.values<Record<string, { operationId: string }>>(document.paths).flatMap((path) =>
      Object.values(path).map((item) => item.operationId),
    )
    expect(named.sort()).toEqual(operations.map(({ name }) => name).sort())
  })

  test('declares the Idempotency-Key of every operation that takes one, and what becomes of secrets', async () => {
    const { paths } = await load()
    for (const { name, path, method, meta } of operations) {
      const parameters: { $ref?: string }[] = paths[path][method.toLowerCase()].parameters ?? []
      const expected = meta.takesKey ? [`#/components/parameters/${meta.secret ? 'SecretIdempotencyKey' : 'IdempotencyKey'}`] : []
      expect(
        parameters.flatMap(({ $ref }) => $ref ?? []),
        name,
      ).toEqual(expected)
    }
  })

  test('is made once', async () => {
    const texts = await Promise.all([getDocument(), getDocument()].map(async (response) => (await response).text()))
    expect(texts[0]).toBe(texts[1])
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

  test('a known address with a wrong method says which it takes', async () => {
    const { project, token } = await open()
    const answer = await send(`/projects/${project.id}`, { method: 'DELETE', token })
    expect(answer).toMatchObject({ status: 405, body: { code: 'method-not-allowed', status: 405, data: { methods: ['GET', 'HEAD', 'PATCH'] } } })
    expect(answer.headers.get('allow')).toBe('GET, HEAD, PATCH, OPTIONS')
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect((await send(`/projects/${project.id}/claims`, { method: 'HEAD', token })).status).toBe(405)
  })

  test('OPTIONS says what an address takes, to whoever asks', async () => {
    const answer = await send(`/projects/${crypto.randomUUID()}`, { method: 'OPTIONS' })
    expect(answer).toMatchObject({ status: 204, body: '' })
    expect(answer.headers.get('allow')).toBe('GET, HEAD, PATCH, OPTIONS')
    expect((await send('/nowhere', { method: 'OPTIONS' })).body).toMatchObject({ code: 'not-found', status: 404 })
    const throughNext = await OPTIONS(new Request(`http://exemplar.test/api/v1/projects/${crypto.randomUUID()}`, { method: 'OPTIONS' }))
    expect([throughNext.status, throughNext.headers.get('allow')]).toEqual([204, 'GET, HEAD, PATCH, OPTIONS'])
  })

  test('HEAD answers as GET does, without the body', async () => {
    const { project, token } = await open()
    const [head, get] = [await send(`/projects/${project.id}`, { method: 'HEAD', token }), await send(`/projects/${project.id}`, { token })]
    expect(head).toMatchObject({ status: 200, body: '' })
    expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'))
    expect((await send(`/projects/${crypto.randomUUID()}`, { method: 'HEAD', token })).status).toBe(404)
  })

  test('a visitor’s body is not looked at, whatever it is', async () => {
    const { path } = await open()
    const origin = { origin: 'http://127.0.0.1:3000' }
    for (const [raw, type] of [
      ['{"kind":', 'application/json'],
      ['x', 'text/plain'],
      ['['.repeat(1000), 'application/json'],
    ] as const) {
      const answer = await send(path, { method: 'POST', raw, headers: { ...origin, 'content-type': type } })
      expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
    }
  })

  test('a body that is no object, no UTF-8, or nested without end is refused with a sentence', async () => {
    const { project, path } = await open()
    const token = await tokenOf(await join(project.id, 'engineer'), project.id)
    const post = (to: string, raw: BodyInit) => send(to, { method: 'POST', token, raw, headers: { 'content-type': 'application/json' } })
    expect(await post(path, '[1]')).toMatchObject({ status: 400, body: { code: 'malformed-body', detail: expect.stringContaining('object') } })
    expect(await post(path, new Uint8Array([0x7b, 0xff, 0x7d]))).toMatchObject({ status: 400, body: { detail: expect.stringContaining('UTF-8') } })
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`
    const ids = `"snapshotId":"${crypto.randomUUID()}","modelId":"${crypto.randomUUID()}"`
    for (const to of ['builds', 'renderings']) {
      const answer = await post(`/projects/${project.id}/${to}`, `{${ids},"messages":[],"recipe":{"templateKwargs":${deep}}}`)
      expect(answer).toMatchObject({ status: 422, body: { code: 'invalid-input', detail: expect.stringContaining('100 levels') } })
    }
  })

  test('a file that is declared too long is refused before a byte of it is read', async () => {
    const { project } = await open()
    const token = await tokenOf(await join(project.id, 'engineer'), project.id)
    let isRead = false
    const pull = () => {
      isRead = true
    }
    const headers = { 'content-type': 'application/octet-stream', 'content-length': String(env.EXEMPLAR_UPLOAD_LIMIT + 1) }
    const raw = new ReadableStream({ pull }, { highWaterMark: 0 })
    const answer = await send(`/projects/${project.id}/imports?format=alpaca&fileName=rows.jsonl`, { method: 'POST', token, raw, headers })
    expect(answer).toMatchObject({ status: 413, body: { code: 'payload-too-large' } })
    expect(isRead).toBe(false)
  })

  test('a file is taken where the operation reads one, and nowhere else', async () => {
    const { project, path, token } = await open()
    const file = { method: 'POST', token, raw: 'x', headers: { 'content-type': 'application/octet-stream' } }
    expect((await send(path, file)).body.code).toBe('unsupported-media-type')
    expect((await send(`/projects/${project.id}/imports`, { ...file, headers: { 'content-type': 'text/html' } })).body.code).toBe(
      'unsupported-media-type',
    )
  })
})
