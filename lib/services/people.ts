import { z } from 'zod'
import { checkPassword, generatePassword, hashPassword, MAX_PASSWORD } from '#lib/auth/password.ts'
import { db } from '#lib/db.ts'
import { ProjectRole } from '#lib/domain/actor.ts'
import { refuse } from '#lib/domain/errors.ts'
import { env } from '#lib/env.ts'
import { operation, type Tx } from './operation.ts'
import { pageOf } from './page.ts'
import { instanceSubject } from './subject.ts'

/** Lower case: one person, one account, however the address is typed. */
export const Email = z.string().trim().toLowerCase().pipe(z.email('must be an e-mail address').max(200))

const Account = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  isAdmin: z.boolean(),
  createdAt: z.date(),
  disabledAt: z.date().nullable(),
  memberships: z.array(z.object({ projectName: z.string(), projectSlug: z.string(), roles: z.array(ProjectRole) })),
})

const WITH_MEMBERSHIPS = {
  memberships: { select: { roles: true, project: { select: { name: true, slug: true } } }, orderBy: { project: { name: 'asc' } } },
} as const

type AccountRow = {
  id: string
  email: string
  name: string | null
  isAdmin: boolean
  createdAt: Date
  disabledAt: Date | null
  memberships: { roles: string[]; project: { name: string; slug: string } }[]
}

const shapeAccount = (user: AccountRow): z.input<typeof Account> => ({
  id: user.id,
  email: user.email,
  name: user.name ?? '',
  isAdmin: user.isAdmin,
  createdAt: user.createdAt,
  disabledAt: user.disabledAt,
  memberships: user.memberships.map(({ roles, project }) => ({
    projectName: project.name,
    projectSlug: project.slug,
    roles: roles as ProjectRole[],
  })),
})

/** Makes an account with a one-time password, which only this answer holds. @throws Refusal `already-exists`. */
export async function makeAccount(tx: Tx, { email, name, isAdmin = false }: { email: string; name: string; isAdmin?: boolean }) {
  if (await tx.user.findUnique({ where: { email }, select: { id: true } }))
    refuse('already-exists', `There is an account for ${email} already.`, { email })
  const password = generatePassword()
  const user = await tx.user.create({ data: { email, name, isAdmin, passwordHash: await hashPassword(password), mustChangePassword: true } })
  return { user, password }
}

/** May the first admin be made now? Only while there is no account at all and the demo is off. */
const isSetUpOpen = async (tx: Tx): Promise<boolean> => env.EXEMPLAR_DEMO === 'off' && (await tx.user.findFirst({ select: { id: true } })) === null

/** As isSetUpOpen, for pages. */
export const isSetUpOpenNow = (): Promise<boolean> => isSetUpOpen(db)

export const createFirstAdmin = operation('instance:set-up', {
  name: 'createFirstAdmin',
  route: { method: 'POST', path: '/set-up', summary: 'Make the first admin of a new instance', successStatus: 201, tags: ['people'] },
  input: z.strictObject({ email: Email, name: z.string().trim().min(1, 'must not be empty').max(100), password: z.string().max(MAX_PASSWORD) }),
  output: z.object({ id: z.uuid() }),
  subject: instanceSubject,
  event: 'instance.set-up',
  rate: { limit: 20, windowSeconds: 900 },
  run: async ({ tx, input, note }) => {
    // Two first visitors at once: the second waits here and is refused.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('exemplar set-up'))`
    if (!(await isSetUpOpen(tx))) refuse('set-up-done', 'The first account exists already; sign in with it.')
    checkPassword(input.password, input.email)
    const user = await tx.user.create({
      data: { email: input.email, name: input.name, isAdmin: true, passwordHash: await hashPassword(input.password) },
    })
    note({ userId: user.id })
    return { id: user.id }
  },
})

export const listUsers = operation('instance:administer', {
  name: 'listUsers',
  route: { method: 'GET', path: '/users', summary: 'List all accounts by e-mail address', tags: ['people'] },
  input: z.strictObject({ text: z.string().max(200).optional(), cursor: z.string().max(200).optional(), limit: z.int().min(1).max(200).default(50) }),
  output: z.object({ items: z.array(Account), nextCursor: z.string().nullable(), total: z.int() }),
  subject: instanceSubject,
  run: async ({ tx, input }) => {
    const matching = input.text
      ? { OR: [{ email: { contains: input.text, mode: 'insensitive' as const } }, { name: { contains: input.text, mode: 'insensitive' as const } }] }
      : {}
    const rows = await tx.user.findMany({
      where: { AND: [matching, input.cursor ? { email: { gt: input.cursor } } : {}] },
      include: WITH_MEMBERSHIPS,
      orderBy: { email: 'asc' },
      take: input.limit + 1,
    })
    const { items: page, last } = pageOf(rows, input.limit)
    return {
      items: page.map(shapeAccount),
      nextCursor: last?.email ?? null,
      total: await tx.user.count({ where: matching }),
    }
  },
})

export const createUser = operation('instance:administer', {
  name: 'createUser',
  route: { method: 'POST', path: '/users', summary: 'Make an account with a one-time password', successStatus: 201, tags: ['people'] },
  input: z.strictObject({ email: Email, name: z.string().trim().min(1, 'must not be empty').max(100), isAdmin: z.boolean().default(false) }),
  output: z.object({ id: z.uuid(), email: z.string(), password: z.string().describe('Shown once; the person changes it at the first sign-in') }),
  subject: instanceSubject,
  event: 'user.created',
  secret: true,
  run: async ({ tx, input, note }) => {
    const { user, password } = await makeAccount(tx, input)
    note({ userId: user.id, isAdmin: input.isAdmin })
    return { id: user.id, email: user.email, password }
  },
})

/** Ends every sign-in and API token of an account. */
async function endAccess(tx: Tx, userId: string): Promise<void> {
  const now = new Date()
  await tx.session.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: now } })
  await tx.apiToken.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: now } })
}

export const updateUser = operation('instance:administer', {
  name: 'updateUser',
  route: { method: 'PATCH', path: '/users/{id}', summary: 'Close or reopen an account, or make or unmake an admin', tags: ['people'] },
  input: z.strictObject({ id: z.uuid(), isDisabled: z.boolean().optional(), isAdmin: z.boolean().optional() }),
  output: Account,
  subject: async ({ tx, input }) => {
    const user = await tx.user.findUnique({ where: { id: input.id } })
    return user && { ...user, projectId: null }
  },
  event: 'user.updated',
  run: async ({ tx, input, actor, subject, note }) => {
    if (actor.kind === 'person' && subject.id === actor.userId && (input.isDisabled || input.isAdmin === false)) {
      refuse('forbidden', 'You cannot close your own account or give up being an admin here; another admin can.')
    }
    if (input.isDisabled) {
      await endAccess(tx, subject.id)
      // What was kept for them is for anybody.
      await tx.prompt.updateMany({ where: { assigneeId: subject.id }, data: { assigneeId: null } })
    }
    const { isAdmin, isDisabled } = input
    note({ userId: subject.id, ...(isAdmin === undefined ? {} : { isAdmin }), ...(isDisabled === undefined ? {} : { isDisabled }) })
    const user = await tx.user.update({
      where: { id: subject.id },
      data: {
        ...(isAdmin === undefined ? {} : { isAdmin }),
        ...(isDisabled === undefined ? {} : { disabledAt: isDisabled ? (subject.disabledAt ?? new Date()) : null }),
      },
      include: WITH_MEMBERSHIPS,
    })
    return shapeAccount(user)
  },
})

export const resetPassword = operation('instance:administer', {
  name: 'resetPassword',
  route: { method: 'POST', path: '/users/{id}/password', summary: 'Give an account a new one-time password; its sign-ins end', tags: ['people'] },
  input: z.strictObject({ id: z.uuid() }),
  output: z.object({ email: z.string(), password: z.string().describe('Shown once') }),
  subject: async ({ tx, input }) => {
    const user = await tx.user.findUnique({ where: { id: input.id } })
    return user && { ...user, projectId: null }
  },
  event: 'password.reset',
  secret: true,
  run: async ({ tx, subject }) => {
    const password = generatePassword()
    await tx.user.update({ where: { id: subject.id }, data: { passwordHash: await hashPassword(password), mustChangePassword: true } })
    await tx.session.updateMany({ where: { userId: subject.id, revokedAt: null }, data: { revokedAt: new Date() } })
    return { email: subject.email, password }
  },
})

export const peopleOperations = { createFirstAdmin, listUsers, createUser, updateUser, resetPassword }
