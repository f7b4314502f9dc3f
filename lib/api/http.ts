import { randomUUID } from 'node:crypto'
import { StandardOpenAPIHandler } from '@orpc/openapi/standard'
import type { ORPCError } from '@orpc/server'
import { toFetchResponse } from '@orpc/standard-server-fetch'
import { experimental_ZodSmartCoercionPlugin as SmartCoercion } from '@orpc/zod/zod4'
import { authenticate } from '#lib/auth/authenticate.ts'
import { ERRORS, type ErrorCode, refuse } from '#lib/domain/errors.ts'
import { isForVisitors } from '#lib/domain/policy.ts'
import { publicAddress } from '#lib/env.ts'
import { log } from '#lib/log.ts'
import type { Context, Meta } from '#lib/services/operation.ts'
import { asProblem } from '#lib/services/problem.ts'
import { remoteAddress } from '#lib/web/remote-address.ts'
import { openFile, readJson } from './body.ts'
import { router } from './router.ts'
import { findRoute, methodsOf } from './routes.ts'

export const PREFIX = '/api/v1'
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])
const PROBLEM_TYPE = 'application/problem+json'

type Problem = { type: string; title: string; status: number; detail: string; code: string; data?: unknown }

/** RFC 9457 problem details of an error of the closed list. */
function problemOf(error: ORPCError<string, unknown>): Problem {
  const code = (error.code in ERRORS ? error.code : 'internal') as ErrorCode
  const { status, title } = ERRORS[code]
  return { type: `urn:exemplar:error:${code}`, title, status, detail: error.message, code, ...(error.data === undefined ? {} : { data: error.data }) }
}

const handler = new StandardOpenAPIHandler<Context>(router, { customErrorResponseBodyEncoder: problemOf, plugins: [new SmartCoercion()] })

/** Cookies travel with requests other sites make; an API token does not. So only cookie requests must show where they come from. */
function checkOrigin(request: Request): void {
  if (SAFE.has(request.method) || request.headers.has('authorization')) return
  const origin = request.headers.get('origin')
  const host = request.headers.get('host')
  const isOwn = origin
    ? origin === publicAddress || origin === `http://${host}` || origin === `https://${host}`
    : request.headers.get('sec-fetch-site') === 'same-origin'
  if (!isOwn) refuse('cross-site-request', 'Requests that change something must come from Exemplar’s own pages, or carry an API token.')
}

const LONGEST_KEY = 200

function keyOf(headers: Headers): string | null {
  const key = headers.get('idempotency-key')
  if (key && key.length > LONGEST_KEY) refuse('invalid-input', `The Idempotency-Key has more than ${LONGEST_KEY} characters; a UUID is enough.`)
  return key
}

/** Reads what the operation takes: a file into the context, or the JSON object that is returned. A visitor's body is not looked at. */
async function takeBody(request: Request, route: Meta | null, context: Context): Promise<unknown> {
  if (!route) return undefined
  if (!context.actor && !(route.action && isForVisitors(route.action))) return refuse('unauthenticated')
  if (route.body !== 'stream') return readJson(request)
  Object.assign(context, openFile(request))
  return undefined
}

async function refuseAddress(method: string, path: `/${string}`, context: Context): Promise<never> {
  const methods = await methodsOf(path)
  if (methods.length === 0) return refuse('not-found', `There is no ${method} ${PREFIX}${path}.`)
  context.responseHeaders?.set('allow', methods.join(', '))
  return refuse('method-not-allowed', `${PREFIX}${path} takes ${methods.join(', ')}, not ${method}.`, { methods })
}

async function answer(request: Request, url: URL, context: Context): Promise<Response> {
  checkOrigin(request)
  context.actor = await authenticate(request.headers)
  const key = keyOf(request.headers)
  if (key) context.idempotencyKey = key
  // HEAD is GET without the body, which is left out at the end.
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const path = `/${url.pathname.slice(PREFIX.length).replace(/^\/|\/$/g, '')}` as const
  const body = SAFE.has(method) ? undefined : await takeBody(request, await findRoute(method, path), context)
  const handled = await handler.handle({ url, method, headers: {}, body: async () => body, signal: request.signal }, { prefix: PREFIX, context })
  return handled.matched ? toFetchResponse(handled.response) : refuseAddress(request.method, path, context)
}

function refusal(error: unknown, requestId: string): Response {
  const problem = problemOf(asProblem(error, requestId, 'http'))
  return new Response(JSON.stringify(problem), { status: problem.status })
}

function finish(response: Response, request: Request, { requestId, responseHeaders }: Context): Response {
  const { headers } = response
  for (const [name, value] of responseHeaders ?? []) headers.set(name, value)
  if (response.status >= 400) headers.set('content-type', PROBLEM_TYPE)
  headers.set('x-request-id', requestId)
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store')
  if (request.method !== 'HEAD') return response
  void response.body?.cancel()
  return new Response(null, { status: response.status, headers })
}

const REQUEST_ID = /^[\w.:-]{8,128}$/

/** Answers one request under /api/v1. */
export async function serve(request: Request): Promise<Response> {
  const url = new URL(request.url)
  const given = request.headers.get('x-request-id') ?? ''
  const requestId = REQUEST_ID.test(given) ? given : randomUUID()
  const context: Context = {
    actor: null,
    requestId,
    via: 'http',
    responseHeaders: new Headers(),
    remote: remoteAddress(request.headers),
  }
  const startedAt = performance.now()
  const response = await answer(request, url, context).catch((error: unknown) => refusal(error, requestId))
  const milliseconds = Math.round(performance.now() - startedAt)
  log.info({ requestId, method: request.method, path: url.pathname, status: response.status, milliseconds }, 'request')
  return finish(response, request, context)
}
