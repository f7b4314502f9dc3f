import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { db } from '#lib/db.ts'
import { closeSender } from '#lib/services/queue.ts'
import { call, operations, send, tokenOf } from '../support/http.ts'
import { REQUESTS } from '../support/requests.ts'
import { buildScene, type Scene } from '../support/scene.ts'
import { buildPerson, buildProject, join } from '../support/world.ts'

const writing = operations.filter(({ method }) => method !== 'GET')
const repeatable = writing.filter(({ meta }) => meta.takesKey)
/** About somebody else's text. */
const NOT_OWN = new Set(['claimReviewOf', 'claimAdjudicationOf', 'submitReview', 'adjudicateConversation', 'fixConversation'])
const BY_ADMIN = new Set(['createUser', 'updateUser', 'resetPassword', 'registerEndpoint'])

/** Rows of every table but those that count requests themselves. */
async function countRows(): Promise<Record<string, number>> {
  const rows = await db.$queryRaw<{ name: string; n: number }[]>`
    SELECT table_schema || '.' || table_name AS name,
      (xpath('//n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I.%I', table_schema, table_name), false, true, '')))[1]::text::int AS n
    FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_name NOT IN ('session', 'rate_limit')
      AND (table_schema = 'public' OR (table_schema = 'pgboss' AND table_name = 'job'))`
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]))
}

describe('a request repeated under its Idempotency-Key', { timeout: 120_000 }, () => {
  let scene: Scene
  beforeAll(async () => {
    scene = await buildScene()
  }, 600_000)
  afterAll(async () => {
    scene.close()
    await closeSender()
  })

  test.each(repeatable)('$name gets the same answer and does nothing twice', async (operation) => {
    const { name } = operation
    const actor = BY_ADMIN.has(name)
      ? await buildPerson({ isAdmin: true })
      : await join(scene.projectId, 'labeller', 'reviewer', 'engineer', 'manager')
    const owner = NOT_OWN.has(name) ? await join(scene.projectId, 'labeller') : actor
    const sent = (await REQUESTS[name]?.(scene, owner)) ?? {}
    const headers = { 'idempotency-key': crypto.randomUUID() }
    const first = await call(operation, sent, actor, headers)
    expect(first, JSON.stringify(first.body)).toMatchObject({ status: operation.successStatus ?? 200 })
    const before = await countRows()
    const second = await call(operation, sent, actor, headers)
    if (operation.meta.secret) expect(second).toMatchObject({ status: 409, body: { code: 'answer-not-kept', data: { operation: name } } })
    else expect({ status: second.status, body: second.body }).toEqual({ status: first.status, body: first.body })
    expect(await countRows()).toEqual(before)
  })

  test('no answer that holds a secret is stored', async () => {
    const manager = await join(scene.projectId, 'manager')
    const admin = await buildPerson({ isAdmin: true })
    for (const { name } of repeatable.filter(({ meta }) => meta.secret)) {
      const operation = operations.find((one) => one.name === name) ?? expect.fail(name)
      const key = crypto.randomUUID()
      const sent = (await REQUESTS[name]?.(scene, manager)) ?? {}
      await call(operation, sent, BY_ADMIN.has(name) ? admin : manager, { 'idempotency-key': key })
      expect(await db.idempotencyKey.findFirstOrThrow({ where: { key } }), name).toMatchObject({ operation: name, response: null })
    }
  })
})

describe('the contract of keys', () => {
  test('an operation whose answer shows a secret says so', () => {
    const SECRET = /"(token|password|oneTimePassword)":/
    for (const { name, outputSchema, meta } of writing.filter((operation) => operation.outputSchema instanceof z.ZodType)) {
      const text = JSON.stringify(z.toJSONSchema(outputSchema, { io: 'output', unrepresentable: 'any' }))
      expect(meta.secret ?? false, name).toBe(SECRET.test(text))
    }
  })

  const open = async () => {
    const project = await buildProject()
    const person = await join(project.id, 'manager')
    const token = await tokenOf(person, project.id)
    const update = (description: string, key: string, by = token) =>
      send(`/projects/${project.id}`, { method: 'PATCH', token: by, body: { description }, headers: { 'idempotency-key': key } })
    return { project, person, token, update }
  }

  test('another request under the same key is refused', async () => {
    const { update } = await open()
    await update('one', 'key-1')
    expect(await update('two', 'key-1')).toMatchObject({ status: 409, body: { code: 'idempotency-key-reused' } })
  })

  test('a refused request leaves its key free', async () => {
    const { project, token, update } = await open()
    const bad = { method: 'POST', token, body: { email: 'nobody@example.test', roles: ['labeller'] }, headers: { 'idempotency-key': 'key-2' } }
    expect((await send(`/projects/${project.id}/members`, bad)).status).toBe(403)
    expect((await update('one', 'key-2')).status).toBe(200)
  })

  test('two at once under one key do it once', async () => {
    const { update, project } = await open()
    const [one, two] = await Promise.all([update('one', 'key-3'), update('one', 'key-3')])
    expect(one?.body).toEqual(two?.body)
    expect(await db.auditEvent.count({ where: { chainId: project.id } })).toBe(1)
  })

  test('each credential has keys of its own', async () => {
    const { project, person, update } = await open()
    await update('one', 'key-4')
    expect(await update('two', 'key-4', await tokenOf(person, project.id))).toMatchObject({ status: 200, body: { description: 'two' } })
  })

  test('an operation that takes no key, and a key that is too long, are refused', async () => {
    const { project, token, update } = await open()
    const register = { method: 'POST', token, body: { name: 'm', path: '/nowhere' }, headers: { 'idempotency-key': 'key-5' } }
    const answer = await send(`/projects/${project.id}/models`, register)
    expect(answer).toMatchObject({ status: 422, body: { code: 'invalid-input', detail: expect.stringContaining('Idempotency-Key') } })
    expect(await update('one', 'k'.repeat(201))).toMatchObject({ status: 422, body: { code: 'invalid-input' } })
  })
})
