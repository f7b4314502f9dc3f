import { z } from 'zod'
import { ProjectRole } from '#lib/domain/actor.ts'
import { refuse } from '#lib/domain/errors.ts'
import { rolesFor } from '#lib/domain/policy.ts'
import { Skills } from '#lib/domain/skill.ts'
import { operation, type Tx } from './operation.ts'
import { pageOf } from './page.ts'
import { Email, makeAccount } from './people.ts'
import { projectSubject } from './subject.ts'

export const WRITERS = rolesFor('work:claim')

const Roles = z
  .array(ProjectRole)
  .min(1, 'give at least one role')
  .transform((roles) => [...new Set(roles)])

const Member = z.object({
  userId: z.uuid(),
  email: z.string(),
  name: z.string(),
  roles: z.array(ProjectRole),
  skills: z.array(z.string()).describe('Prompts that ask for these are given to them'),
  since: z.date(),
  isDisabled: z.boolean(),
})

type MemberRow = {
  userId: string
  roles: string[]
  skills: string[]
  createdAt: Date
  user: { email: string; name: string | null; disabledAt: Date | null }
}
const WITH_USER = { user: { select: { email: true, name: true, disabledAt: true } } } as const

const shapeMember = ({ userId, roles, skills, createdAt, user }: MemberRow): z.input<typeof Member> => ({
  userId,
  email: user.email,
  name: user.name ?? '',
  roles: roles as ProjectRole[],
  skills,
  since: createdAt,
  isDisabled: user.disabledAt !== null,
})

/** What was kept for somebody who writes here no more is for anybody. */
const freeKept = (tx: Tx, projectId: string, userId: string) =>
  tx.prompt.updateMany({ where: { projectId, assigneeId: userId }, data: { assigneeId: null } })

/** Refuses what would leave the project without a manager. Locks the project, so that two who leave at once do not both pass. */
async function keepAManager(tx: Tx, projectId: string, leavingUserId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM "project" WHERE id = ${projectId}::uuid FOR UPDATE`
  const others = await tx.membership.count({
    where: { projectId, userId: { not: leavingUserId }, roles: { has: 'manager' }, user: { disabledAt: null } },
  })
  if (others === 0) refuse('last-manager', 'This is the only manager of the project. Make somebody else a manager first.')
}

async function membershipSubject(tx: Tx, projectId: string, userId: string) {
  const membership = await tx.membership.findUnique({ where: { projectId_userId: { projectId, userId } } })
  return membership && { ...membership, id: userId }
}

export const listMembers = operation('member:read', {
  name: 'listMembers',
  route: { method: 'GET', path: '/projects/{projectId}/members', summary: 'List the members of a project in order of joining', tags: ['members'] },
  input: z.strictObject({ projectId: z.uuid(), cursor: z.uuid().optional(), limit: z.int().min(1).max(200).default(50) }),
  output: z.object({ items: z.array(Member), nextCursor: z.uuid().nullable(), total: z.int() }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, input, subject }) => {
    const rows = await tx.membership.findMany({
      where: { projectId: subject.id, ...(input.cursor ? { userId: { gt: input.cursor } } : {}) },
      include: WITH_USER,
      orderBy: { userId: 'asc' },
      take: input.limit + 1,
    })
    const { items: page, last } = pageOf(rows, input.limit)
    return {
      items: page.map(shapeMember),
      nextCursor: last?.userId ?? null,
      total: await tx.membership.count({ where: { projectId: subject.id } }),
    }
  },
})

export const addMember = operation('member:manage', {
  name: 'addMember',
  route: {
    method: 'POST',
    path: '/projects/{projectId}/members',
    summary: 'Add a member by e-mail address',
    description: 'Where there is no account yet, one is made; its one-time password is in this answer and nowhere else.',
    successStatus: 201,
    tags: ['members'],
  },
  input: z.strictObject({ projectId: z.uuid(), email: Email, name: z.string().trim().max(100).default(''), roles: Roles }),
  output: z.object({ member: Member, oneTimePassword: z.string().nullable() }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  event: 'member.added',
  secret: true,
  run: async ({ tx, input, subject, note }) => {
    const existing = await tx.user.findUnique({ where: { email: input.email } })
    if (existing?.disabledAt) refuse('forbidden', 'The account of this address is closed. An admin can open it again.')
    const made = existing ? null : await makeAccount(tx, { email: input.email, name: input.name || (input.email.split('@')[0] ?? '') })
    const userId = existing?.id ?? made?.user.id ?? ''
    if (await membershipSubject(tx, subject.id, userId))
      refuse('already-exists', `${input.email} is a member already; change the roles in the list.`, { userId })
    const row = await tx.membership.create({ data: { projectId: subject.id, userId, roles: input.roles }, include: WITH_USER })
    note({ userId, roles: input.roles, accountMade: made !== null })
    return { member: shapeMember(row), oneTimePassword: made?.password ?? null }
  },
})

export const updateMember = operation('member:manage', {
  name: 'updateMember',
  route: {
    method: 'PUT',
    path: '/projects/{projectId}/members/{userId}',
    summary: 'Set the roles of a member, and what they are good at',
    tags: ['members'],
  },
  input: z.strictObject({ projectId: z.uuid(), userId: z.uuid(), roles: Roles, skills: Skills.optional().describe('Left out: as they are') }),
  output: Member,
  subject: ({ tx, input }) => membershipSubject(tx, input.projectId, input.userId),
  event: 'member.updated',
  run: async ({ tx, input, subject, note }) => {
    if (subject.roles.includes('manager') && !input.roles.includes('manager')) await keepAManager(tx, subject.projectId, subject.userId)
    const { roles, skills = subject.skills } = input
    if (!roles.some((role) => WRITERS.includes(role))) await freeKept(tx, subject.projectId, subject.userId)
    note({ userId: subject.userId, before: subject.roles, roles, skills })
    const row = await tx.membership.update({
      where: { projectId_userId: { projectId: subject.projectId, userId: subject.userId } },
      data: { roles, skills },
      include: WITH_USER,
    })
    return shapeMember(row)
  },
})

export const removeMember = operation('member:manage', {
  name: 'removeMember',
  route: { method: 'DELETE', path: '/projects/{projectId}/members/{userId}', summary: 'Remove a member; what they wrote stays', tags: ['members'] },
  input: z.strictObject({ projectId: z.uuid(), userId: z.uuid() }),
  output: z.object({ userId: z.uuid() }),
  subject: ({ tx, input }) => membershipSubject(tx, input.projectId, input.userId),
  event: 'member.removed',
  run: async ({ tx, subject, note }) => {
    if (subject.roles.includes('manager')) await keepAManager(tx, subject.projectId, subject.userId)
    const { projectId, userId } = subject
    await freeKept(tx, projectId, userId)
    await tx.membership.delete({ where: { projectId_userId: { projectId, userId } } })
    await tx.apiToken.updateMany({ where: { projectId, userId, revokedAt: null }, data: { revokedAt: new Date() } })
    note({ userId, roles: subject.roles })
    return { userId }
  },
})

export const memberOperations = { listMembers, addMember, updateMember, removeMember }
