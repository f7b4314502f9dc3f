import { createHash } from 'node:crypto'
import { decode } from 'next-auth/jwt'
import type { Person } from '#lib/domain/actor.ts'
import { refuse } from '#lib/domain/errors.ts'
import type { ApiToken, Session, User } from '#lib/generated/prisma/client.ts'
import { getSecrets } from '#lib/home.ts'
import { autocommit } from '#lib/services/transaction.ts'
import { cookieValue, SESSION_COOKIE } from './session-cookie.ts'

/** What is stored of an API token, and what it is found by. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex')

/** Uses are noted at most once in so many seconds, so that a busy script does not write with every read. */
const NOTE_EVERY_SECONDS = 60

type TokenRow = Pick<ApiToken, 'id' | 'userId' | 'projectId' | 'actions' | 'revokedAt' | 'expiresAt' | 'lastUsedAt'> & {
  disabledAt: Date | null
  mustChangePassword: boolean
}

async function personOfToken(authorization: string): Promise<Person> {
  const [scheme, secret, ...rest] = authorization.trim().split(/\s+/)
  if (scheme?.toLowerCase() !== 'bearer' || !secret || rest.length > 0) {
    return refuse('unauthenticated', 'The Authorization header must read "Bearer <token>" with a personal API token.')
  }
  // One statement, with its owner: every request of a script waits for it.
  const [row] = await autocommit.$queryRaw<TokenRow[]>`
    SELECT t.id, t."userId", t."projectId", t.actions, t."revokedAt", t."expiresAt", t."lastUsedAt", u."disabledAt", u."mustChangePassword"
    FROM "api_token" t JOIN "user" u ON u.id = t."userId" WHERE t."tokenHash" = ${hashToken(secret)}`
  if (!row) return refuse('unauthenticated', 'This API token does not exist. Create one under Settings, API tokens.')
  if (row.revokedAt) return refuse('unauthenticated', 'This API token was revoked. Create another under Settings, API tokens.')
  if (row.expiresAt.getTime() <= Date.now()) {
    return refuse('unauthenticated', `This API token expired at ${row.expiresAt.toISOString()}. Create another under Settings, API tokens.`)
  }
  if (row.disabledAt) return refuse('unauthenticated', 'The account of this API token is closed.')
  if (!row.lastUsedAt || Date.now() - row.lastUsedAt.getTime() > NOTE_EVERY_SECONDS * 1000) {
    await autocommit.apiToken.update({ where: { id: row.id }, data: { lastUsedAt: new Date() } })
  }
  // A token speaks for its owner in one project, never for the instance.
  const token = { id: row.id, projectId: row.projectId, actions: row.actions }
  return { kind: 'person', userId: row.userId, isAdmin: false, mustChangePassword: row.mustChangePassword, token }
}

type SessionRow = Pick<Session, 'userId' | 'expires' | 'revokedAt'> & Pick<User, 'isAdmin' | 'disabledAt' | 'mustChangePassword'>

async function personOfCookie(cookie: string): Promise<Person | null> {
  // A cookie of another secret or a cut one is nobody's, not an error.
  const claims = await decode({ token: cookie, secret: getSecrets().sessionSecret }).catch(() => null)
  const sid = claims?.sid
  if (typeof sid !== 'string') return null
  // One statement, with its owner: every request of a browser waits for it.
  const [row] = await autocommit.$queryRaw<SessionRow[]>`
    SELECT s."userId", s.expires, s."revokedAt", u."isAdmin", u."disabledAt", u."mustChangePassword"
    FROM "session" s JOIN "user" u ON u.id = s."userId" WHERE s.id = ${sid}::uuid`
  if (!row || row.revokedAt || row.disabledAt || row.expires.getTime() <= Date.now()) return null
  const { userId, isAdmin, mustChangePassword } = row
  return { kind: 'person', userId, isAdmin, mustChangePassword, sessionId: sid }
}

/**
 * Who sends this request: the owner of its API token, else the person its session cookie names, else nobody.
 * The session row decides, so a revoked sign-in ends with the next request.
 * @throws Refusal `unauthenticated` for a wrong, expired or revoked token: a script must not go on as somebody else.
 */
export async function authenticate(headers: Headers): Promise<Person | null> {
  const authorization = headers.get('authorization')
  if (authorization !== null) return personOfToken(authorization)
  const cookie = cookieValue(headers.get('cookie'), SESSION_COOKIE)
  return cookie ? personOfCookie(cookie) : null
}
