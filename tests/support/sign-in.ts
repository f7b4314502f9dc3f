import NextAuthImport from 'next-auth'
import { authenticate } from '#lib/auth/authenticate.ts'
import { authOptions } from '#lib/auth/options.ts'
import { hashPassword } from '#lib/auth/password.ts'
import { SESSION_COOKIE } from '#lib/auth/session-cookie.ts'
import { db } from '#lib/db.ts'
import { SOCKET_HEADER } from '#lib/web/remote-address.ts'

// A CommonJS module reads differently under different loaders.
const NextAuth = (NextAuthImport as unknown as { default?: typeof NextAuthImport }).default ?? NextAuthImport

type Cookies = Record<string, string>
/** Where a request comes from, and where it says it comes from. */
type From = { address?: string; forwardedFor?: string }

/** What next-auth answers, through its entry for plain Node requests. */
async function ask(
  action: 'csrf' | 'callback' | 'signout',
  { cookies = {}, body, address = '192.0.2.1', forwardedFor }: From & { cookies?: Cookies; body?: Record<string, string> },
) {
  const query = { nextauth: action === 'callback' ? ['callback', 'credentials'] : [action] }
  const claimed = forwardedFor ? { 'x-forwarded-for': forwardedFor } : {}
  const headers = { host: 'exemplar.test', [SOCKET_HEADER]: address, ...claimed, 'user-agent': 'test' }
  const set: string[] = []
  let answered: unknown = null
  const response = {
    status: () => response,
    getHeader: () => set,
    setHeader: (name: string, value: string | string[]) => {
      if (name.toLowerCase() === 'set-cookie') set.splice(0, set.length, ...[value].flat())
    },
    send: (value: unknown) => {
      answered = value
    },
    json: (value: unknown) => {
      answered = value
    },
    end: () => {},
  }
  await NextAuth({ query, headers, cookies, body, method: body ? 'POST' : 'GET' } as never, response as never, authOptions())
  const fresh = Object.fromEntries(
    set.map((line) => [line.slice(0, line.indexOf('=')), decodeURIComponent(line.slice(line.indexOf('=') + 1).split(';')[0] ?? '')]),
  )
  return { answer: answered as Record<string, string> | null, cookies: { ...cookies, ...fresh } as Cookies }
}

async function withCsrf(
  action: 'callback' | 'signout',
  { cookies, fields, from = {} }: { cookies?: Cookies; fields: Record<string, string>; from?: From },
) {
  const csrf = await ask('csrf', cookies ? { cookies } : {})
  const csrfToken = csrf.answer?.csrfToken ?? ''
  return ask(action, { cookies: csrf.cookies, body: { ...fields, csrfToken, json: 'true' }, ...from })
}

/** Signs in as the page does; `session` is the cookie, null when it was refused with `error`. */
export async function signIn(email: string, password: string, from: From = {}) {
  const { cookies, answer } = await withCsrf('callback', { fields: { email, password }, from })
  const error = answer?.url ? new URL(answer.url, 'http://exemplar.test').searchParams.get('error') : null
  return { session: cookies[SESSION_COOKIE] || null, error }
}

export const signOut = (session: string) => withCsrf('signout', { cookies: { [SESSION_COOKIE]: session }, fields: {} })

export const cookieHeader = (session: string): Record<string, string> => ({ cookie: `${SESSION_COOKIE}=${session}` })

/** Whom a request with this cookie comes from. */
export const whoIs = (session: string | null) => authenticate(new Headers(session ? cookieHeader(session) : {}))

/** An account that can sign in. */
export async function buildAccount(email: string, password: string) {
  return db.user.create({ data: { email, name: email, passwordHash: await hashPassword(password) } })
}
