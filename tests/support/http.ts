import { randomBytes } from 'node:crypto'
import { encode } from 'next-auth/jwt'
import type { z } from 'zod'
import { serve } from '#lib/api/http.ts'
import { router } from '#lib/api/router.ts'
import { hashToken } from '#lib/auth/authenticate.ts'
import { db } from '#lib/db.ts'
import type { Person } from '#lib/domain/actor.ts'
import { type Action, POLICY } from '#lib/domain/policy.ts'
import { getSecrets } from '#lib/home.ts'
import type { Meta } from '#lib/services/operation.ts'
import type { Sent as Prepared } from './requests.ts'
import { cookieHeader } from './sign-in.ts'

type Route = { method: string; path: `/${string}`; operationId: string; successStatus?: number }
type Definition = { '~orpc': { route: Route; meta: Meta & { action: Action }; inputSchema: z.ZodType; outputSchema: z.ZodType } }

/** Every operation the API serves, straight from the router. */
export const operations = Object.entries(router).map(([name, procedure]) => {
  const { route, meta, inputSchema, outputSchema } = (procedure as unknown as Definition)['~orpc']
  return { ...route, name, meta, action: meta.action, event: meta.event, inputSchema, outputSchema }
})
export type Operation = (typeof operations)[number]

/** A personal API token with every action, or those given. */
export async function tokenOf(
  person: Person,
  projectId: string,
  { actions = Object.keys(POLICY), expiresAt = new Date(Date.now() + 3_600_000) }: { actions?: string[]; expiresAt?: Date } = {},
) {
  const token = `exm_${randomBytes(24).toString('base64url')}`
  await db.apiToken.create({
    data: { userId: person.userId, projectId, name: 'test', tokenHash: hashToken(token), prefix: token.slice(0, 8), actions, expiresAt },
  })
  return token
}

type Sent = { method?: string; token?: string; body?: unknown; raw?: BodyInit; headers?: Record<string, string> }

/** One request through the real HTTP entry. */
export async function send(path: string, { method = 'GET', token, body, raw, headers = {} }: Sent = {}) {
  const response = await serve(
    new Request(`http://exemplar.test/api/v1${path}`, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: raw ?? (body === undefined ? null : JSON.stringify(body)),
      ...(raw instanceof ReadableStream ? { duplex: 'half' } : {}),
    } as RequestInit),
  )
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json')
  return { status: response.status, headers: response.headers, body: isJson && text ? JSON.parse(text) : text }
}

/** The cookie of a new sign-in. */
export async function sessionOf(person: Person): Promise<Record<string, string>> {
  const session = await db.session.create({
    data: { userId: person.userId, sessionToken: crypto.randomUUID(), expires: new Date(Date.now() + 3_600_000) },
  })
  return cookieHeader(await encode({ token: { sid: session.id }, secret: getSecrets().sessionSecret }))
}

/** Sends a prepared request to its operation, as a person signed in, or with a token. */
export async function call({ method, path }: Operation, { params = {}, query, body, file }: Prepared, by: Person | string | null, headers = {}) {
  const address = path.replaceAll(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(params[key] ?? `no-${key}`))
  const cookie = by !== null && typeof by !== 'string' ? await sessionOf(by) : {}
  return send(query ? `${address}?${new URLSearchParams(query)}` : address, {
    method,
    ...(typeof by === 'string' ? { token: by } : {}),
    ...(body ? { body } : {}),
    ...(file ? { raw: file } : {}),
    headers: { origin: 'http://127.0.0.1:3000', ...(file ? { 'content-type': 'application/json' } : {}), ...cookie, ...headers },
  })
}
