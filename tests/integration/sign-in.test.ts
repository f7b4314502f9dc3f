import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { authenticate } from '#lib/auth/authenticate.ts'
import { SESSION_COOKIE } from '#lib/auth/session-cookie.ts'
import { db } from '#lib/db.ts'
import { changePassword, getMe, signOutEverywhere, updateMe } from '#lib/services/me.ts'
import { invoke } from '#lib/services/operation.ts'
import { createFirstAdmin, createUser, listUsers, resetPassword, updateUser } from '#lib/services/people.ts'
import { send } from '../support/http.ts'
import { buildAccount, cookieHeader, signIn, signOut, whoIs } from '../support/sign-in.ts'
import { as, buildPerson, buildProject, refusal } from '../support/world.ts'

const PASSWORD = 'rivers and 山 stay put'
const newEmail = () => `sign-in-${randomUUID().slice(0, 8)}@example.test`

async function open() {
  const email = newEmail()
  const user = await buildAccount(email, PASSWORD)
  const { session } = await signIn(email, PASSWORD)
  if (!session) throw new Error('no session')
  return { email, user, session }
}

describe('signing in', () => {
  test('the right password opens a session that a row decides on and the audit log knows', async () => {
    const { user, session } = await open()
    expect(await whoIs(session)).toMatchObject({ kind: 'person', userId: user.id, isAdmin: false })
    expect(await db.session.count({ where: { userId: user.id, revokedAt: null } })).toBe(1)
    expect(await db.auditEvent.count({ where: { actorId: user.id, event: 'session.opened' } })).toBe(1)
  })

  test('the address may be typed in any case, with space around it', async () => {
    const { email } = await open()
    expect((await signIn(`  ${email.toUpperCase()} `, PASSWORD)).session).not.toBeNull()
  })

  test('a wrong password, an unknown address, a closed account and one without a password get the same answer', async () => {
    const { email } = await open()
    const closed = await open()
    await db.user.update({ where: { id: closed.user.id }, data: { disabledAt: new Date() } })
    const bare = await db.user.create({ data: { email: newEmail() } })
    const answers = [
      await signIn(email, 'wrong password'),
      await signIn(newEmail(), PASSWORD),
      await signIn(closed.email, PASSWORD),
      await signIn(bare.email, ''),
      await signIn('', ''),
    ]
    for (const answer of answers) expect(answer).toEqual({ session: null, error: 'CredentialsSignin' })
  })

  test('a malformed cookie is nobody’s, not an error', async () => {
    expect(await authenticate(new Headers({ cookie: `${SESSION_COOKIE}=%E0%A4%A` }))).toBeNull()
    expect((await send('/me', { headers: { cookie: `${SESSION_COOKIE}=%E0%A4%A` } })).status).toBe(401)
  })

  test('a cookie of another secret, a cut one and one of a session that is gone are nobody’s', async () => {
    const { session, user } = await open()
    expect(await whoIs('eyJhbGciOiJkaXIifQ..made.up.value')).toBeNull()
    expect(await whoIs(session.slice(0, -10))).toBeNull()
    await db.session.deleteMany({ where: { userId: user.id } })
    expect(await whoIs(session)).toBeNull()
  })
})

describe('a session ends', () => {
  test('with signing out, for this sign-in only', async () => {
    const { email, session, user } = await open()
    const other = (await signIn(email, PASSWORD)).session
    await signOut(session)
    expect(await whoIs(session)).toBeNull()
    expect(await whoIs(other)).toMatchObject({ userId: user.id })
  })

  test('with signing out everywhere, for all', async () => {
    const { email, session } = await open()
    const other = (await signIn(email, PASSWORD)).session
    expect(await invoke(signOutEverywhere, {}, as(await whoIs(session)))).toEqual({ endedSessions: 2 })
    expect(await whoIs(session)).toBeNull()
    expect(await whoIs(other)).toBeNull()
  })

  test('with a new password, for all but the one that changed it; the old password no longer works', async () => {
    const { email, session } = await open()
    const other = (await signIn(email, PASSWORD)).session
    await invoke(changePassword, { currentPassword: PASSWORD, newPassword: 'another good one 9' }, as(await whoIs(session)))
    expect(await whoIs(session)).not.toBeNull()
    expect(await whoIs(other)).toBeNull()
    expect((await signIn(email, PASSWORD)).session).toBeNull()
    expect((await signIn(email, 'another good one 9')).session).not.toBeNull()
  })

  test('when its time is over, and when the account is closed', async () => {
    const one = await open()
    await db.session.updateMany({ where: { userId: one.user.id }, data: { expires: new Date(Date.now() - 1000) } })
    expect(await whoIs(one.session)).toBeNull()
    const two = await open()
    const admin = await buildPerson({ isAdmin: true })
    await invoke(updateUser, { id: two.user.id, isDisabled: true }, as(admin))
    expect(await whoIs(two.session)).toBeNull()
    expect((await send('/me', { headers: cookieHeader(two.session) })).status).toBe(401)
  })
})

describe('the own account', () => {
  test('name, language and theme are kept', async () => {
    const { session } = await open()
    const me = as(await whoIs(session))
    await invoke(updateMe, { name: ' 林 ', locale: 'zh', theme: 'dark' }, me)
    expect(await invoke(getMe, {}, me)).toMatchObject({ name: '林', locale: 'zh', theme: 'dark' })
  })

  test('the present password must be right before it changes', async () => {
    const { session } = await open()
    const call = invoke(changePassword, { currentPassword: 'not it', newPassword: 'another good one 9' }, as(await whoIs(session)))
    expect((await refusal(call)).code).toBe('wrong-password')
  })

  test.each([
    ['too short', 'short1'],
    ['of few different characters', 'aaaabbbbaaaa'],
    ['with the e-mail address in it', 'xx sign-in-NAME xx'],
  ])('a new password %s is refused', async (_, newPassword) => {
    const { session, email } = await open()
    const weak = newPassword.replace('sign-in-NAME', email.split('@')[0] ?? '')
    expect((await refusal(invoke(changePassword, { currentPassword: PASSWORD, newPassword: weak }, as(await whoIs(session))))).code).toBe(
      'weak-password',
    )
  })
})

describe('accounts of the instance', () => {
  test('an admin makes one with a one-time password that must be changed at the first sign-in', async () => {
    const admin = await buildPerson({ isAdmin: true })
    const email = newEmail()
    const { password } = await invoke(createUser, { email, name: 'New' }, as(admin))
    const person = await whoIs((await signIn(email, password)).session)
    expect((await invoke(getMe, {}, as(person))).mustChangePassword).toBe(true)
    await invoke(changePassword, { currentPassword: password, newPassword: 'another good one 9' }, as(person))
    expect((await invoke(getMe, {}, as(person))).mustChangePassword).toBe(false)
  })

  test('a new one-time password ends the sign-ins before it', async () => {
    const { user, email, session } = await open()
    const { password } = await invoke(resetPassword, { id: user.id }, as(await buildPerson({ isAdmin: true })))
    expect(await whoIs(session)).toBeNull()
    expect((await signIn(email, PASSWORD)).session).toBeNull()
    expect((await signIn(email, password)).session).not.toBeNull()
  })

  test('are paged by address without gaps and found by part of name or address', async () => {
    const admin = as(await buildPerson({ isAdmin: true }))
    for (let made = 0; made < 5; made++) await buildPerson()
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await invoke(listUsers, { limit: 2, ...(cursor ? { cursor } : {}) }, admin)
      seen.push(...page.items.map(({ email }) => email))
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    expect(seen).toEqual((await db.user.findMany({ orderBy: { email: 'asc' } })).map(({ email }) => email))
    const { email } = await open()
    expect((await invoke(listUsers, { text: email.slice(3, -4).toUpperCase() }, admin)).items.map((user) => user.email)).toEqual([email])
  })

  test('an address that has an account gets no second one', async () => {
    const { email } = await open()
    expect((await refusal(invoke(createUser, { email: email.toUpperCase(), name: 'Twice' }, as(await buildPerson({ isAdmin: true }))))).code).toBe(
      'already-exists',
    )
  })

  test('only an admin sees them, and not by an API token', async () => {
    const person = await buildPerson()
    const project = await buildProject()
    expect((await refusal(invoke(listUsers, {}, as(person)))).code).toBe('forbidden')
    const token = { id: randomUUID(), projectId: project.id, actions: ['instance:administer'] }
    expect((await refusal(invoke(listUsers, {}, as({ ...person, token })))).code).toBe('forbidden')
  })

  test('an admin cannot shut themselves out', async () => {
    const admin = await buildPerson({ isAdmin: true })
    for (const change of [{ isDisabled: true }, { isAdmin: false }]) {
      expect((await refusal(invoke(updateUser, { id: admin.userId, ...change }, as(admin)))).code).toBe('forbidden')
    }
  })

  test('the first admin is made once, never while there are accounts', async () => {
    await buildPerson()
    const call = invoke(createFirstAdmin, { email: newEmail(), name: 'First', password: PASSWORD }, as(null))
    expect((await refusal(call)).code).toBe('set-up-done')
  })
})
