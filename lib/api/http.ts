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

/** What is not an operation: a question for what the address takes, or a refusal that says so. */
async function answerForAddress(method: string, path: `/${string}`, context: Context): Promise<Response> {
  const methods = await methodsOf(path)
  if (methods.length === 0) return refuse('not-found', `There is no ${method} ${PREFIX}${path}.`)
  context.responseHeaders?.set('allow', [...methods, 'OPTIONS'].join(', '))
  if (method === 'OPTIONS') return new Response(null, { status: 204 })
  return refuse('method-not-allowed', `${PREFIX}${path} takes ${methods.join(', ')}, not ${method}.`, { methods })
}

async function answer(request: Request, asked: string, url: URL, context: Context): Promise<Response> {
  const path = `/${url.pathname.slice(PREFIX.length).replace(/^\/|\/$/g, '')}` as const
  if (asked !== request.method) return answerForAddress(asked, path, context)
  checkOrigin(request)
  context.actor = await authenticate(request.headers)
  const key = keyOf(request.headers)
  if (key) context.idempotencyKey = key
  // HEAD is GET without the body, which is left out at the end.
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const body = SAFE.has(method) ? undefined : await takeBody(request, await findRoute(method, path), context)
  const handled = await handler.handle({ url, method, headers: {}, body: async () => body, signal: request.signal }, { prefix: PREFIX, context })
  return handled.matched ? toFetchResponse(handled.response) : answerForAddress(request.method, path, context)
}

function refusal(error: unknown, requestId: string): Response {
  const problem = problemOf(asProblem(error, requestId, 'http'))
  return new Response(JSON.stringify(problem), { status: problem.status })
}

function finish(response: Response, method: string, { requestId, responseHeaders }: Pick<Context, 'requestId' | 'responseHeaders'>): Response {
  const { headers } = response
  for (const [name, value] of responseHeaders ?? []) headers.set(name, value)
  if (response.status >= 400) headers.set('content-type', PROBLEM_TYPE)
  headers.set('x-request-id', requestId)
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store')
  if (method !== 'HEAD') return response
  void response.body?.cancel()
  return new Response(null, { status: response.status, headers })
}

const REQUEST_ID = /^[\w.:-]{8,128}$/

/** The answer to a request that could not even be asked. */
export function failure(error: unknown): Response {
  const requestId = randomUUID()
  return finish(refusal(error, requestId), 'GET', { requestId })
}

/** Answers one request under /api/v1. `asked` is its method where no Request can have it. */
export async function serve(request: Request, asked = request.method): Promise<Response> {
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
  const response = await answer(request, asked, url, context).catch((error: unknown) => refusal(error, requestId))
  const milliseconds = Math.round(performance.now() - startedAt)
  log.info({ requestId, method: asked, path: url.pathname, status: response.status, milliseconds }, 'request')
  return finish(response, asked, context)
}
