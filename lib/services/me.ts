import { z } from 'zod'
import { checkPassword, hashPassword, MAX_PASSWORD, verifyPassword } from '#lib/auth/password.ts'
import { ProjectRole, personOf } from '#lib/domain/actor.ts'
import { refuse } from '#lib/domain/errors.ts'
import { LOCALES } from '#lib/domain/locale.ts'
import { grantedActions } from '#lib/domain/policy.ts'
import { THEMES } from '#lib/web/theme.ts'
import { operation } from './operation.ts'
import { selfSubject } from './subject.ts'

const Membership = z.object({
  project: z.object({ id: z.uuid(), slug: z.string(), name: z.string(), language: z.string() }),
  roles: z.array(ProjectRole),
  actions: z.array(z.string()).describe('What the roles allow in this project'),
})

const Me = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  locale: z.enum(LOCALES).nullable(),
  theme: z.enum(THEMES).nullable(),
  isAdmin: z.boolean(),
  mustChangePassword: z.boolean(),
  memberships: z.array(Membership),
})

export const getMe = operation('self:read', {
  name: 'getMe',
  route: { method: 'GET', path: '/me', summary: 'Get the person signed in, with memberships and permissions', tags: ['people'] },
  input: z.strictObject({}),
  output: Me,
  subject: ({ actor }) => selfSubject(actor),
  run: async ({ tx, actor }) => {
    const person = personOf(actor)
    const user = await tx.user.findUniqueOrThrow({
      where: { id: person.userId },
      include: {
        memberships: {
          where: person.token ? { projectId: person.token.projectId } : {},
          select: { roles: true, project: { select: { id: true, slug: true, name: true, language: true } } },
          orderBy: { project: { name: 'asc' } },
        },
      },
    })
    return {
      id: user.id,
      email: user.email,
      name: user.name ?? '',
      locale: LOCALES.find((locale) => locale === user.locale) ?? null,
      theme: THEMES.find((theme) => theme === user.theme) ?? null,
      isAdmin: person.isAdmin,
      mustChangePassword: user.mustChangePassword,
      memberships: user.memberships.map(({ project, roles }) => {
        const granted: readonly string[] = grantedActions(roles as ProjectRole[], person.isAdmin)
        return { project, roles: roles as ProjectRole[], actions: granted.filter((action) => !person.token || person.token.actions.includes(action)) }
      }),
    }
  },
})

export const updateMe = operation('self:update', {
  name: 'updateMe',
  route: { method: 'PATCH', path: '/me', summary: 'Change the own name, language or theme', tags: ['people'] },
  input: z.strictObject({
    name: z.string().trim().min(1, 'must not be empty').max(100).optional(),
    locale: z.enum(LOCALES).optional(),
    theme: z.enum(THEMES).optional(),
  }),
  output: z.object({ name: z.string(), locale: z.string().nullable(), theme: z.string().nullable() }),
  subject: ({ actor }) => selfSubject(actor),
  event: 'person.updated',
  run: async ({ tx, input, actor, note }) => {
    const { name, locale, theme } = input
    note({ changed: Object.keys(input) })
    const user = await tx.user.update({
      where: { id: personOf(actor).userId },
      data: { ...(name === undefined ? {} : { name }), ...(locale ? { locale } : {}), ...(theme ? { theme } : {}) },
    })
    return { name: user.name ?? '', locale: user.locale, theme: user.theme }
  },
})

export const changePassword = operation('self:update', {
  name: 'changePassword',
  route: { method: 'POST', path: '/me/password', summary: 'Change the own password; every other sign-in ends', tags: ['people'] },
  input: z.strictObject({ currentPassword: z.string().max(MAX_PASSWORD), newPassword: z.string().max(MAX_PASSWORD) }),
  output: z.object({ endedSessions: z.int() }),
  subject: ({ actor }) => selfSubject(actor),
  event: 'password.changed',
  rate: { limit: 10, windowSeconds: 900 },
  run: async ({ tx, input, actor, note }) => {
    const person = personOf(actor)
    const user = await tx.user.findUniqueOrThrow({ where: { id: person.userId } })
    if (!(await verifyPassword(user.passwordHash, input.currentPassword)))
      refuse('wrong-password', 'The present password is not right; type it again.')
    checkPassword(input.newPassword, user.email)
    await tx.user.update({ where: { id: user.id }, data: { passwordHash: await hashPassword(input.newPassword), mustChangePassword: false } })
    const { count } = await tx.session.updateMany({
      where: { userId: user.id, revokedAt: null, ...(person.sessionId ? { id: { not: person.sessionId } } : {}) },
      data: { revokedAt: new Date() },
    })
    note({ endedSessions: count })
    return { endedSessions: count }
  },
})

export const signOutEverywhere = operation('self:update', {
  name: 'signOutEverywhere',
  route: { method: 'POST', path: '/me/sign-out', summary: 'End every sign-in of the own account, this one too', tags: ['people'] },
  input: z.strictObject({}),
  output: z.object({ endedSessions: z.int() }),
  subject: ({ actor }) => selfSubject(actor),
  event: 'sessions.ended',
  run: async ({ tx, actor, note }) => {
    const { count } = await tx.session.updateMany({ where: { userId: personOf(actor).userId, revokedAt: null }, data: { revokedAt: new Date() } })
    note({ endedSessions: count })
    return { endedSessions: count }
  },
})

export const meOperations = { getMe, updateMe, changePassword, signOutEverywhere }
