import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { hashToken } from '#lib/auth/authenticate.ts'
import { personOf } from '#lib/domain/actor.ts'
import { refuse } from '#lib/domain/errors.ts'
import { tokenActions } from '#lib/domain/policy.ts'
import { operation } from './operation.ts'
import { pageOf } from './page.ts'
import { projectSubject, selfSubject } from './subject.ts'

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000
const MOST_DAYS = 365
/** Enough to tell tokens apart in a list, too little to guess from. */
const PREFIX_LENGTH = 8

const ApiToken = z.object({
  id: z.uuid(),
  projectId: z.uuid(),
  projectName: z.string(),
  name: z.string(),
  prefix: z.string().describe('The first characters, to recognise it by'),
  actions: z.array(z.string()),
  createdAt: z.date(),
  expiresAt: z.date(),
  lastUsedAt: z.date().nullable(),
  revokedAt: z.date().nullable(),
})

export const createApiToken = operation('token:create', {
  name: 'createApiToken',
  route: {
    method: 'POST',
    path: '/projects/{projectId}/tokens',
    summary: 'Make a personal API token',
    description:
      'The answer is the only place the token is ever shown. It can do no more than its actions, and no more than its owner may at the time of use.',
    successStatus: 201,
    tags: ['tokens'],
  },
  input: z.strictObject({
    projectId: z.uuid(),
    name: z.string().trim().min(1, 'must not be empty').max(100),
    actions: z.array(z.string().max(60)).min(1, 'name at least one action').max(100),
    expiresInDays: z.int().min(1).max(MOST_DAYS).default(90),
  }),
  output: ApiToken.extend({ token: z.string().describe('Shown once') }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  event: 'token.created',
  secret: true,
  run: async ({ tx, input, actor, subject, roles, note }) => {
    const person = personOf(actor)
    const own: readonly string[] = tokenActions(roles)
    const foreign = input.actions.filter((action) => !own.includes(action))
    if (foreign.length > 0) {
      refuse('forbidden', `You may not give a token what you do not hold in this project: ${foreign.join(', ')}.`, { actions: foreign })
    }
    const token = `exm_${randomBytes(32).toString('base64url')}`
    const row = await tx.apiToken.create({
      data: {
        userId: person.userId,
        projectId: subject.id,
        name: input.name,
        tokenHash: hashToken(token),
        prefix: token.slice(0, PREFIX_LENGTH),
        actions: [...new Set(input.actions)].sort(),
        expiresAt: new Date(Date.now() + input.expiresInDays * DAY_MILLISECONDS),
      },
    })
    note({ tokenId: row.id, actions: row.actions, expiresAt: row.expiresAt.toISOString() })
    return { ...row, projectName: subject.name, token }
  },
})

export const listApiTokens = operation('self:read', {
  name: 'listApiTokens',
  route: { method: 'GET', path: '/me/tokens', summary: 'List the own API tokens, newest first', tags: ['tokens'] },
  input: z.strictObject({ projectId: z.uuid().optional(), cursor: z.uuid().optional(), limit: z.int().min(1).max(200).default(50) }),
  output: z.object({ items: z.array(ApiToken), nextCursor: z.uuid().nullable() }),
  subject: ({ actor }) => selfSubject(actor),
  run: async ({ tx, input, actor }) => {
    const person = personOf(actor)
    const projectId = person.token?.projectId ?? input.projectId
    // Ids are time-ordered, so the id alone is the place in the list.
    const rows = await tx.apiToken.findMany({
      where: { userId: person.userId, ...(projectId ? { projectId } : {}), ...(input.cursor ? { id: { lt: input.cursor } } : {}) },
      include: { project: { select: { name: true } } },
      orderBy: { id: 'desc' },
      take: input.limit + 1,
    })
    const { items: page, last } = pageOf(rows, input.limit)
    return {
      items: page.map(({ project, ...row }) => ({ ...row, projectName: project.name })),
      nextCursor: last?.id ?? null,
    }
  },
})

export const revokeApiToken = operation('token:manage', {
  name: 'revokeApiToken',
  route: { method: 'DELETE', path: '/tokens/{id}', summary: 'Revoke one of the own API tokens', tags: ['tokens'] },
  input: z.strictObject({ id: z.uuid() }),
  output: z.object({ id: z.uuid(), revokedAt: z.date() }),
  subject: async ({ tx, input }) => {
    const token = await tx.apiToken.findUnique({ where: { id: input.id } })
    return token && { ...token, ownerId: token.userId }
  },
  event: 'token.revoked',
  run: async ({ tx, subject, note }) => {
    note({ tokenId: subject.id })
    const revokedAt = subject.revokedAt ?? new Date()
    await tx.apiToken.update({ where: { id: subject.id }, data: { revokedAt } })
    return { id: subject.id, revokedAt }
  },
})

export const tokenOperations = { createApiToken, listApiTokens, revokeApiToken }
