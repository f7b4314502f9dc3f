import { PrismaAdapter } from '@auth/prisma-adapter'
import type { AuthOptions } from 'next-auth'
import type { Adapter } from 'next-auth/adapters'
import CredentialsImport from 'next-auth/providers/credentials'
import { db } from '#lib/db.ts'
import { Refusal } from '#lib/domain/errors.ts'
import { publicAddress } from '#lib/env.ts'
import { getSecrets } from '#lib/home.ts'
import { log } from '#lib/log.ts'
import { appendAudit } from '#lib/services/audit.ts'
import { transact } from '#lib/services/transaction.ts'
import { remoteAddress } from '#lib/web/remote-address.ts'
import { verifyPassword } from './password.ts'
import { SESSION_COOKIE, SESSION_SECONDS, usesSecureCookies } from './session-cookie.ts'
import { giveTryBack, takeTry } from './sign-in-limits.ts'

// A CommonJS module reads differently under Node's own loader and under the bundler's.
const Credentials = ((CredentialsImport as unknown as { default?: typeof CredentialsImport }).default ??
  CredentialsImport) as typeof CredentialsImport

// next-auth knows its address only from here; redirects are built of it.
process.env.NEXTAUTH_URL ??= publicAddress

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

type Fields = Partial<Record<'email' | 'password', unknown>> | undefined

/** The account that e-mail and password open, with its new session; null where they open none, whatever the reason. */
async function checkCredentials(credentials: Fields, headers: Headers) {
  // The database knows no NUL; an address with one is simply nobody's.
  const email = String(credentials?.email ?? '')
    .replaceAll('\0', ' ')
    .trim()
    .toLowerCase()
  const tried = { email, address: remoteAddress(headers) }
  await takeTry(tried)
  const user = await db.user.findUnique({ where: { email } })
  // Verified also where there is no such account: the answer takes as long and says as little.
  const isRight = await verifyPassword(user?.passwordHash ?? null, String(credentials?.password ?? ''))
  if (!user || !isRight || user.disabledAt) return null
  await giveTryBack(tried)
  return { id: user.id, email: user.email, sid: await recordSignIn(user.id, headers.get('user-agent') ?? '') }
}

/** What the page is told of a sign-in that could not be judged: the wait, or that the server cannot; never what went wrong inside. */
function asSignInError(error: unknown): Error {
  if (error instanceof Refusal && error.code === 'rate-limited') return new Error(`rate-limited:${error.data?.retryAfterSeconds}`)
  log.error({ err: error }, 'sign-in could not be judged')
  return new Error('unavailable')
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
      authorize: async (credentials, request) => {
        try {
          return (await checkCredentials(credentials, new Headers(request.headers as Record<string, string>))) as { id: string } | null
        } catch (error) {
          throw asSignInError(error)
        }
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
