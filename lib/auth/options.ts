import { PrismaAdapter } from '@auth/prisma-adapter'
import type { AuthOptions } from 'next-auth'
import type { Adapter } from 'next-auth/adapters'
import CredentialsImport from 'next-auth/providers/credentials'
import { db } from '#lib/db.ts'
import { Refusal } from '#lib/domain/errors.ts'
import { publicAddress } from '#lib/env.ts'
import { getSecrets } from '#lib/home.ts'
import { appendAudit } from '#lib/services/audit.ts'
import { consumeRate } from '#lib/services/rate-limit.ts'
import { transact } from '#lib/services/transaction.ts'
import { verifyPassword } from './password.ts'
import { SESSION_COOKIE, SESSION_SECONDS, usesSecureCookies } from './session-cookie.ts'

// A CommonJS module reads differently under Node's own loader and under the bundler's.
const Credentials = ((CredentialsImport as unknown as { default?: typeof CredentialsImport }).default ??
  CredentialsImport) as typeof CredentialsImport

// next-auth knows its address only from here; redirects are built of it.
process.env.NEXTAUTH_URL ??= publicAddress

/** Tries at one account from one address. */
const TRIES = { limit: 10, windowSeconds: 15 * 60 } as const

type Headers = Record<string, string | string[] | undefined>
const addressOf = (headers: Headers | undefined): string =>
  String(headers?.['x-forwarded-for'] ?? 'local')
    .split(',')[0]
    ?.trim() ?? 'local'

async function recordSignIn(userId: string, userAgent: string): Promise<string> {
  return transact(async (tx) => {
    const session = await tx.session.create({
      data: { userId, sessionToken: crypto.randomUUID(), expires: new Date(Date.now() + SESSION_SECONDS * 1000), userAgent: userAgent.slice(0, 300) },
    })
    await appendAudit(tx, {
      projectId: null,
      event: 'session.opened',
      operation: 'signIn',
      action: 'self:update',
      actor: { kind: 'person', userId, isAdmin: false },
      subjectId: session.id,
      requestId: session.id,
      via: 'http',
      data: {},
    })
    return session.id
  })
}

/** next-auth with e-mail and password. The cookie's JWT only names a session row, which decides and can be revoked. */
export const authOptions = (): AuthOptions => ({
  adapter: PrismaAdapter(db as never) as Adapter,
  secret: getSecrets().sessionSecret,
  session: { strategy: 'jwt', maxAge: SESSION_SECONDS },
  useSecureCookies: usesSecureCookies,
  cookies: { sessionToken: { name: SESSION_COOKIE, options: { httpOnly: true, sameSite: 'lax', path: '/', secure: usesSecureCookies } } },
  pages: { signIn: '/sign-in', error: '/sign-in' },
  providers: [
    Credentials({
      credentials: { email: {}, password: {} },
      async authorize(credentials, request) {
        const email = (credentials?.email ?? '').trim().toLowerCase()
        try {
          await consumeRate(`sign-in:${email}:${addressOf(request.headers)}`, TRIES)
        } catch (error) {
          if (error instanceof Refusal) throw new Error(`rate-limited:${error.data?.retryAfterSeconds}`)
          throw error
        }
        const user = await db.user.findUnique({ where: { email } })
        // Verified also where there is no such account: the answer takes as long and says as little.
        const isRight = await verifyPassword(user?.passwordHash ?? null, credentials?.password ?? '')
        if (!user || !isRight || user.disabledAt) return null
        const sid = await recordSignIn(user.id, String(request.headers?.['user-agent'] ?? ''))
        return { id: user.id, email: user.email, sid } as { id: string; email: string }
      },
    }),
  ],
  callbacks: {
    jwt: ({ token, user }) => (user ? { sub: user.id, sid: (user as unknown as { sid: string }).sid } : token),
    session: ({ session }) => session,
  },
  events: {
    signOut: async ({ token }) => {
      const sid = token?.sid
      if (typeof sid === 'string') await db.session.updateMany({ where: { id: sid, revokedAt: null }, data: { revokedAt: new Date() } })
    },
  },
})
