import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import { invoke } from '#lib/services/operation.ts'
import { createUser } from '#lib/services/people.ts'
import { send, tokenOf } from '../support/http.ts'
import { cookieHeader, signIn } from '../support/sign-in.ts'
import { as, buildPerson, buildProject } from '../support/world.ts'

const ORIGIN = { origin: 'http://127.0.0.1:3000' }

/** Somebody an admin just made an account for, a member of a project, signed in with the one-time password. */
async function newcomer() {
  const email = `newcomer-${randomUUID().slice(0, 8)}@example.test`
  const { id, password } = await invoke(createUser, { email, name: 'New' }, as(await buildPerson({ isAdmin: true })))
  const project = await buildProject()
  await db.membership.create({ data: { projectId: project.id, userId: id, roles: ['labeller'] } })
  const { session } = await signIn(email, password)
  return { id, password, projectId: project.id, headers: { ...cookieHeader(session ?? ''), ...ORIGIN } }
}

test('a one-time password opens the own account and the change of password, and nothing else until then', async () => {
  const { headers, password, projectId } = await newcomer()
  for (const [path, sent] of [
    [`/projects/${projectId}`, {}],
    ['/projects', {}],
    [`/projects/${projectId}/claims`, { method: 'POST', body: {} }],
    ['/me', { method: 'PATCH', body: { name: 'Other' } }],
  ] as const) {
    const answer = await send(path, { ...sent, headers })
    expect([answer.status, answer.body.code], path).toEqual([403, 'password-change-required'])
  }
  expect(await send('/me', { headers })).toMatchObject({ status: 200, body: { mustChangePassword: true } })
  const change = { currentPassword: password, newPassword: 'another good one 9' }
  expect((await send('/me/password', { method: 'POST', headers, body: change })).status).toBe(200)
  expect((await send(`/projects/${projectId}`, { headers })).status).toBe(200)
})

test('signing out everywhere stays open', async () => {
  const { headers } = await newcomer()
  expect((await send('/me/sign-out', { method: 'POST', headers, body: {} })).status).toBe(200)
  expect((await send('/me', { headers })).status).toBe(401)
})

test('an API token of such an account is as closed', async () => {
  const { id, projectId } = await newcomer()
  const token = await tokenOf({ kind: 'person', userId: id, isAdmin: false }, projectId)
  expect(await send(`/projects/${projectId}`, { token })).toMatchObject({ status: 403, body: { code: 'password-change-required' } })
  await db.user.update({ where: { id }, data: { mustChangePassword: false } })
  expect((await send(`/projects/${projectId}`, { token })).status).toBe(200)
})
