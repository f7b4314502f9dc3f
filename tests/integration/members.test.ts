import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import { GuidelineContent } from '#lib/domain/guideline.ts'
import { getHome } from '#lib/services/home.ts'
import { getMe } from '#lib/services/me.ts'
import { addMember, listMembers, removeMember, updateMember } from '#lib/services/member.ts'
import { invoke } from '#lib/services/operation.ts'
import { createProject, getProject, getProjectBySlug, listProjects, updateProject } from '#lib/services/project.ts'
import { createApiToken, listApiTokens, revokeApiToken } from '#lib/services/token.ts'
import { send } from '../support/http.ts'
import { signIn, whoIs } from '../support/sign-in.ts'
import { as, buildPerson, buildProject, join, refusal } from '../support/world.ts'

const newEmail = () => `member-${randomUUID().slice(0, 8)}@example.test`

async function open() {
  const project = await buildProject()
  return { project, manager: await join(project.id, 'manager'), labeller: await join(project.id, 'labeller') }
}

describe('projects', () => {
  test('whoever creates one manages it and finds a guideline to start from', async () => {
    const person = await buildPerson()
    const project = await invoke(createProject, { name: 'Über 对话!' }, as(person))
    expect(project.slug).toBe('u-ber')
    const me = await invoke(getMe, {}, as(person))
    expect(me.memberships).toMatchObject([{ project: { id: project.id }, roles: ['manager'] }])
    const draft = await db.guidelineDraft.findUniqueOrThrow({ where: { projectId: project.id } })
    expect(GuidelineContent.parse(draft.content).rules.length).toBeGreaterThan(0)
    expect(await invoke(getProjectBySlug, { slug: project.slug }, as(person))).toMatchObject({ id: project.id })
  })

  test('a name without Latin letters gets an address all the same; an address that is taken is refused', async () => {
    const person = await buildPerson()
    const { slug } = await invoke(createProject, { name: '对话' }, as(person))
    expect(slug).toMatch(/^project-[0-9a-f]{6}$/)
    expect((await refusal(invoke(createProject, { name: 'x', slug }, as(person)))).code).toBe('already-exists')
  })

  test('strangers find none of it, members read, managers change', async () => {
    const { project, manager, labeller } = await open()
    const stranger = as(await buildPerson())
    const calls = [
      () => invoke(getProject, { projectId: project.id }, stranger),
      () => invoke(getProjectBySlug, { slug: project.slug }, stranger),
      () => invoke(getHome, { projectId: project.id }, stranger),
    ]
    for (const call of calls) expect((await refusal(call())).code).toBe('not-found')
    expect((await refusal(invoke(updateProject, { projectId: project.id, name: 'Mine' }, as(labeller)))).code).toBe('forbidden')
    expect(await invoke(updateProject, { projectId: project.id, name: 'Ours', requiredApprovals: 2 }, as(manager))).toMatchObject({
      name: 'Ours',
      requiredApprovals: 2,
    })
    expect((await invoke(listProjects, {}, as(labeller))).items.map(({ id }) => id)).toEqual([project.id])
    expect((await invoke(listProjects, {}, stranger)).items).toEqual([])
  })

  test('are paged by name without gaps, for an admin all of them', async () => {
    const admin = as(await buildPerson({ isAdmin: true }))
    await buildProject()
    await buildProject()
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await invoke(listProjects, { limit: 1, ...(cursor ? { cursor } : {}) }, admin)
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.length).toBe(await db.project.count())
  })
})

describe('members', () => {
  test('an unknown address gets an account and a one-time password, a known one does not', async () => {
    const { project, manager } = await open()
    const email = newEmail()
    const first = await invoke(addMember, { projectId: project.id, email, roles: ['labeller'] }, as(manager))
    expect(await whoIs((await signIn(email, first.oneTimePassword ?? '')).session)).toMatchObject({ userId: first.member.userId })
    const other = await open()
    const second = await invoke(
      addMember,
      { projectId: other.project.id, email: email.toUpperCase(), roles: ['reviewer', 'reviewer'] },
      as(other.manager),
    )
    expect(second).toMatchObject({ oneTimePassword: null, member: { userId: first.member.userId, roles: ['reviewer'] } })
    expect((await refusal(invoke(addMember, { projectId: project.id, email, roles: ['engineer'] }, as(manager)))).code).toBe('already-exists')
    expect((await invoke(listMembers, { projectId: project.id }, as(manager))).total).toBe(3)
  })

  test('removed: the very next request of that project finds nothing, tokens included', async () => {
    const { project, manager, labeller } = await open()
    const { token } = await invoke(createApiToken, { projectId: project.id, name: 't', actions: ['project:read'] }, as(labeller))
    expect((await send(`/projects/${project.id}`, { token })).status).toBe(200)
    await invoke(removeMember, { projectId: project.id, userId: labeller.userId }, as(manager))
    expect((await refusal(invoke(getProject, { projectId: project.id }, as(labeller)))).code).toBe('not-found')
    expect((await send(`/projects/${project.id}`, { token })).status).toBe(401)
  })

  test('the last manager can neither leave nor lose the role, also when two go at once', async () => {
    const { project, manager } = await open()
    expect((await refusal(invoke(removeMember, { projectId: project.id, userId: manager.userId }, as(manager)))).code).toBe('last-manager')
    expect((await refusal(invoke(updateMember, { projectId: project.id, userId: manager.userId, roles: ['labeller'] }, as(manager)))).code).toBe(
      'last-manager',
    )
    const second = await join(project.id, 'manager')
    const leave = (userId: string) => invoke(removeMember, { projectId: project.id, userId }, as(manager))
    const outcomes = await Promise.allSettled([leave(manager.userId), leave(second.userId)])
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await db.membership.count({ where: { projectId: project.id, roles: { has: 'manager' } } })).toBe(1)
  })

  test('new roles count at once', async () => {
    const { project, manager, labeller } = await open()
    await invoke(updateMember, { projectId: project.id, userId: labeller.userId, roles: ['labeller', 'manager'] }, as(manager))
    expect(await invoke(updateProject, { projectId: project.id, description: 'changed' }, as(labeller))).toMatchObject({ description: 'changed' })
  })

  test('only managers and admins see and change them', async () => {
    const { project, labeller } = await open()
    const input = { projectId: project.id }
    expect((await refusal(invoke(listMembers, input, as(labeller)))).code).toBe('forbidden')
    expect((await refusal(invoke(listMembers, input, as(await buildPerson())))).code).toBe('not-found')
    expect((await invoke(listMembers, input, as(await buildPerson({ isAdmin: true })))).total).toBe(2)
    expect((await refusal(invoke(updateMember, { ...input, userId: labeller.userId, roles: ['manager'] }, as(labeller)))).code).toBe('forbidden')
  })

  test('a closed account is not added', async () => {
    const { project, manager } = await open()
    const email = newEmail()
    await db.user.create({ data: { email, disabledAt: new Date() } })
    expect((await refusal(invoke(addMember, { projectId: project.id, email, roles: ['labeller'] }, as(manager)))).code).toBe('forbidden')
  })
})

describe('API tokens', () => {
  const make = async (actions: string[], more: Partial<{ expiresInDays: number }> = {}) => {
    const scene = await open()
    return { ...scene, made: await invoke(createApiToken, { projectId: scene.project.id, name: 'script', actions, ...more }, as(scene.labeller)) }
  }

  test('is shown once and stored as a hash', async () => {
    const { made, labeller } = await make(['project:read'])
    expect(made.token).toMatch(/^exm_[\w-]{43}$/)
    const row = await db.apiToken.findUniqueOrThrow({ where: { id: made.id } })
    expect(JSON.stringify(row)).not.toContain(made.token)
    const listed = await invoke(listApiTokens, {}, as(labeller))
    expect(listed.items).toMatchObject([{ id: made.id, prefix: made.token.slice(0, 8), lastUsedAt: null }])
    expect(JSON.stringify(listed)).not.toContain(made.token)
  })

  test('does what it was given and nothing else', async () => {
    const { made, project } = await make(['project:read'])
    expect((await send(`/projects/${project.id}`, { token: made.token })).status).toBe(200)
    expect((await send(`/projects/${project.id}/claims`, { method: 'POST', token: made.token, body: {} })).body.code).toBe('forbidden')
    expect((await db.apiToken.findUniqueOrThrow({ where: { id: made.id } })).lastUsedAt).not.toBeNull()
  })

  test('cannot be given what its owner does not hold, nor what no token may do', async () => {
    const { project, labeller, manager } = await open()
    for (const [person, action] of [
      [labeller, 'project:update'],
      [labeller, 'run:start'],
      [manager, 'member:manage'],
      [manager, 'token:create'],
      [manager, 'self:update'],
      [manager, 'no:such'],
    ] as const) {
      const answer = await refusal(invoke(createApiToken, { projectId: project.id, name: 't', actions: [action] }, as(person)))
      expect(answer).toMatchObject({ code: 'forbidden', data: { actions: [action] } })
    }
  })

  test('loses what its owner loses', async () => {
    const { project, manager } = await open()
    const engineer = await join(project.id, 'engineer')
    const { token } = await invoke(createApiToken, { projectId: project.id, name: 't', actions: ['prompt:read'] }, as(engineer))
    const path = `/projects/${project.id}/prompts`
    expect((await send(path, { token })).status).toBe(200)
    await invoke(updateMember, { projectId: project.id, userId: engineer.userId, roles: ['labeller'] }, as(manager))
    expect((await send(path, { token })).body.code).toBe('forbidden')
  })

  test('does not reach beyond its project, not even into lists', async () => {
    const { labeller, made } = await make(['project:read', 'project:list', 'self:read'])
    const other = await buildProject()
    await db.membership.create({ data: { projectId: other.id, userId: labeller.userId, roles: ['manager'] } })
    expect((await send(`/projects/${other.id}`, { token: made.token })).status).toBe(404)
    expect((await send('/projects', { token: made.token })).body.items).toHaveLength(1)
    expect((await send('/me', { token: made.token })).body.memberships).toHaveLength(1)
  })

  test('a wrong, a revoked and an expired one say so, and never fall back to the cookie', async () => {
    const { made, labeller } = await make(['project:read'])
    expect((await send('/me', { token: 'exm_wrong', headers: { cookie: 'next-auth.session-token=x' } })).body).toMatchObject({
      code: 'unauthenticated',
      detail: /does not exist/,
    })
    await db.apiToken.update({ where: { id: made.id }, data: { expiresAt: new Date(Date.now() - 1000) } })
    expect((await send('/me', { token: made.token })).body.detail).toMatch(/expired at/)
    await invoke(revokeApiToken, { id: made.id }, as(labeller))
    expect((await send('/me', { token: made.token })).body.detail).toMatch(/revoked/)
  })

  test('nobody else revokes it or sees it', async () => {
    const { made, manager } = await make(['project:read'])
    expect((await refusal(invoke(revokeApiToken, { id: made.id }, as(manager)))).code).toBe('not-found')
    expect((await invoke(listApiTokens, {}, as(manager))).items).toEqual([])
  })
})
