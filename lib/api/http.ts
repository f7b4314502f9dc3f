import { randomUUID } from 'node:crypto'
import { OpenAPIHandler } from '@orpc/openapi/fetch'
import type { ORPCError } from '@orpc/server'
import { experimental_ZodSmartCoercionPlugin as SmartCoercion } from '@orpc/zod/zod4'
import { authenticate } from '#lib/auth/authenticate.ts'
import { ERRORS, type ErrorCode, Refusal, refuse } from '#lib/domain/errors.ts'
import { env, publicAddress } from '#lib/env.ts'
import { log } from '#lib/log.ts'
import { asProblem, type Context } from '#lib/services/operation.ts'
import { remoteAddress } from '#lib/web/remote-address.ts'
import { router } from './router.ts'

/** Content type of raw uploads; their body reaches the operation as a stream. */
export const STREAM_TYPE = 'application/octet-stream'
const FILE_TYPES = new Set(['application/json', 'application/x-ndjson', 'application/jsonl', STREAM_TYPE])
const PREFIX = '/api/v1'
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

type Problem = { type: string; title: string; status: number; detail: string; code: string; data?: unknown }

/** RFC 9457 problem details of an error of the closed list. */
export function problemOf(error: ORPCError<string, unknown>): Problem {
  const code = (error.code in ERRORS ? error.code : 'internal') as ErrorCode
  const { status, title } = ERRORS[code]
  return { type: `urn:exemplar:error:${code}`, title, status, detail: error.message, code, ...(error.data === undefined ? {} : { data: error.data }) }
}

const handler = new OpenAPIHandler<Context>(router, {
  customErrorResponseBodyEncoder: problemOf,
  plugins: [new SmartCoercion()],
  clientInterceptors: [],
})

/** Cookies travel with requests other sites make; an API token does not. So only cookie requests must show where they come from. */
function checkOrigin(request: Request): void {
  if (SAFE.has(request.method) || request.headers.has('authorization')) return
  const origin = request.headers.get('origin')
  const site = request.headers.get('sec-fetch-site')
  const allowed = new Set([publicAddress, `http://${request.headers.get('host')}`, `https://${request.headers.get('host')}`])
  const isOwn = origin ? allowed.has(origin) : site === 'same-origin'
  if (!isOwn) refuse('cross-site-request', 'Requests that change something must come from Exemplar’s own pages, or carry an API token.')
}

function checkContentType(request: Request): 'json' | 'stream' | 'none' {
  if (SAFE.has(request.method) || !request.body) return 'none'
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  // Servers give an empty body to a request that has none, as a call without further input is.
  if (!type && (request.headers.get('content-length') ?? '0') === '0' && !request.headers.has('transfer-encoding')) return 'none'
  // An import is a file, whatever it is called; it is read as it comes, never as one JSON text.
  if (new URL(request.url).pathname.endsWith('/imports') && FILE_TYPES.has(type ?? '')) return 'stream'
  if (type === 'application/json') return 'json'
  if (type === STREAM_TYPE) return 'stream'
  return refuse('unsupported-media-type', `Send application/json, or ${STREAM_TYPE} for a file.`)
}

/** Counts bytes as they pass and stops at the limit; what the client declares is only a first hint. */
function bounded(body: ReadableStream<Uint8Array>, limit: number): ReadableStream<Uint8Array> {
  let seen = 0
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        seen += chunk.byteLength
        if (seen > limit) controller.error(new Refusal('payload-too-large', `The body is larger than ${limit} bytes.`))
        else controller.enqueue(chunk)
      },
    }),
  )
}

async function readJsonBody(request: Request): Promise<Request> {
  const limit = env.EXEMPLAR_BODY_LIMIT
  if (Number(request.headers.get('content-length')) > limit) refuse('payload-too-large', `The body is larger than ${limit} bytes.`)
  const text = await new Response(bounded(request.body as ReadableStream<Uint8Array>, limit)).text().catch((error: unknown) => {
    throw error instanceof Refusal ? error : new Refusal('malformed-body', 'The body ended early.')
  })
  try {
    if (text) JSON.parse(text)
  } catch (error) {
    refuse('malformed-body', `The body is not valid JSON: ${(error as Error).message}`)
  }
  const headers = new Headers(request.headers)
  headers.delete('content-length')
  return new Request(request.url, { method: request.method, headers, body: text || null, signal: request.signal })
}

function withoutBody(request: Request): Request {
  const headers = new Headers(request.headers)
  for (const name of ['content-type', 'content-length']) headers.delete(name)
  return new Request(request.url, { method: request.method, headers, signal: request.signal })
}

const asResponse = (error: ORPCError<string, unknown>): Response => {
  const problem = problemOf(error)
  return new Response(JSON.stringify(problem), { status: problem.status, headers: { 'content-type': 'application/problem+json' } })
}

function finish(response: Response, requestId: string, extra: Headers): Response {
  const headers = new Headers(response.headers)
  for (const [name, value] of extra) headers.set(name, value)
  if (response.status >= 400) headers.set('content-type', 'application/problem+json')
  headers.set('x-request-id', requestId)
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store')
  return new Response(response.body, { status: response.status, headers })
}

const REQUEST_ID = /^[\w.:-]{8,128}$/

/** Answers one request under /api/v1. */
export async function serve(request: Request): Promise<Response> {
  const given = request.headers.get('x-request-id') ?? ''
  const requestId = REQUEST_ID.test(given) ? given : randomUUID()
  const responseHeaders = new Headers()
  const context: Context = {
    actor: null,
    requestId,
    via: 'http',
    responseHeaders,
    remote: remoteAddress(request.headers),
  }
  const startedAt = performance.now()
  let response: Response
  try {
    checkOrigin(request)
    const kind = checkContentType(request)
    context.actor = await authenticate(request.headers)
    const idempotencyKey = request.headers.get('idempotency-key')
    if (idempotencyKey) context.idempotencyKey = idempotencyKey.slice(0, 200)
    let forwarded = kind === 'none' && request.body ? withoutBody(request) : request
    if (kind === 'json') forwarded = await readJsonBody(request)
    if (kind === 'stream') {
      context.body = bounded(request.body as ReadableStream<Uint8Array>, env.EXEMPLAR_UPLOAD_LIMIT)
      const declared = request.headers.get('content-length')
      context.contentLength = declared === null ? null : Number(declared)
      forwarded = withoutBody(request)
    }
    const handled = await handler.handle(forwarded, { prefix: PREFIX, context })
    response = handled.matched
      ? handled.response
      : asResponse(asProblem(new Refusal('not-found', `There is no ${request.method} ${new URL(request.url).pathname}.`), context, 'http'))
  } catch (error) {
    response = asResponse(asProblem(error, context, 'http'))
  }
  log.info(
    {
      requestId,
      method: request.method,
      path: new URL(request.url).pathname,
      status: response.status,
      milliseconds: Math.round(performance.now() - startedAt),
    },
    'request',
  )
  return finish(response, requestId, responseHeaders)
}
