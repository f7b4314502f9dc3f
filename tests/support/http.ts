import { randomBytes } from 'node:crypto'
import { serve } from '#lib/api/http.ts'
import { router } from '#lib/api/router.ts'
import { hashToken } from '#lib/auth/authenticate.ts'
import { db } from '#lib/db.ts'
import type { Person } from '#lib/domain/actor.ts'
import { type Action, POLICY } from '#lib/domain/policy.ts'

type Route = { method: string; path: `/${string}`; operationId: string }
type Definition = { '~orpc': { route: Route; meta: { action: Action; event?: string }; inputSchema: unknown } }

/** Every operation the API serves, straight from the router. */
export const operations = Object.entries(router).map(([name, procedure]) => {
  const { route, meta } = (procedure as unknown as Definition)['~orpc']
  return { name, method: route.method, path: route.path, operationId: route.operationId, action: meta.action, event: meta.event }
})

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
