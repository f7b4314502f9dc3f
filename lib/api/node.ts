// The API on Node's own server, beside Next in the same process: Next's way to a route handler costs more than the rest of a request.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { API_SECURITY_HEADERS, SECURITY_HEADERS } from '#lib/web/security-headers.ts'
import { failure, PREFIX, serve } from './http.ts'
import { bodyOf, readRest } from './incoming.ts'

/** Shorter answers gain nothing from being compressed. */
const COMPRESSED_FROM_BYTES = 1024
const NOTHING = Buffer.alloc(0)
/** An answer that is one JSON value. */
const WHOLE = /^application\/(problem\+)?json\b/
const HEADERS = [...SECURITY_HEADERS, ...API_SECURITY_HEADERS]
/** Has a route of its own in Next; few ask for it. */
const DOCUMENT = `${PREFIX}/openapi.json`
/** No Request can have them. */
const UNSPEAKABLE = new Set(['TRACE', 'TRACK', 'CONNECT'])

/** What reading and writing say when the client has left; nobody is there to tell. */
const GONE = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED'])
const isGone = (error: unknown): boolean => GONE.has(String((error as { code?: unknown } | null)?.code))

const compress = promisify(gzip)

const isOurs = (url = '') => url.startsWith(`${PREFIX}/`) && url.split('?', 1)[0] !== DOCUMENT

async function requestOf(incoming: IncomingMessage, outgoing: ServerResponse): Promise<Request> {
  const { method = 'GET', url = '', headers } = incoming
  const body = await bodyOf(incoming)
  const gone = new AbortController()
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) gone.abort()
  })
  const entries = Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string])
  const spoken = UNSPEAKABLE.has(method) ? 'GET' : method
  return new Request(new URL(url, 'http://exemplar.invalid'), {
    method: spoken,
    headers: entries,
    body,
    signal: gone.signal,
    duplex: 'half',
  } as RequestInit)
}

/** Ends an answer. One that comes before the end of the body leaves whole, is told to be the last, and then waits for that. */
async function end(bytes: Buffer, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  if (incoming.complete) return void outgoing.end(bytes)
  outgoing.setHeader('connection', 'close')
  if (bytes.length > 0) outgoing.setHeader('content-length', bytes.length).write(bytes)
  else outgoing.flushHeaders()
  await readRest(incoming)
  outgoing.end()
}

async function send(response: Response, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  outgoing.statusCode = response.status
  for (const { key, value } of HEADERS) outgoing.setHeader(key, value)
  for (const [name, value] of response.headers) outgoing.setHeader(name, value)
  if (!response.body) return end(NOTHING, incoming, outgoing)
  // Files and streams of events leave as they come.
  if (!WHOLE.test(response.headers.get('content-type') ?? '') || response.headers.has('content-disposition'))
    return pipeline(Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]), outgoing)
  const bytes = Buffer.from(await response.arrayBuffer())
  outgoing.setHeader('vary', 'accept-encoding')
  if (bytes.length < COMPRESSED_FROM_BYTES || !/\bgzip\b/.test(String(incoming.headers['accept-encoding']))) return end(bytes, incoming, outgoing)
  outgoing.setHeader('content-encoding', 'gzip')
  return end(await compress(bytes), incoming, outgoing)
}

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  try {
    await send(await serve(await requestOf(incoming, outgoing), incoming.method), incoming, outgoing)
  } catch (error) {
    if (isGone(error)) return void outgoing.destroy()
    const response = failure(error)
    if (!outgoing.headersSent && !outgoing.destroyed) return send(response, incoming, outgoing)
    // A file broke off: an end that cannot be taken for a whole answer.
    outgoing.destroy()
  }
}

/** From its first request on, the server that Next has opened in this process leaves the API to us. */
export function answerBesideNext(): void {
  const take = (message: unknown) => {
    const { server } = message as { server: Server }
    const others = server.listeners('request') as RequestListener[]
    server.removeAllListeners('request')
    server.on('request', (incoming, outgoing) => {
      if (isOurs(incoming.url)) answer(incoming, outgoing).catch(() => outgoing.destroy())
      else for (const listener of others) listener(incoming, outgoing)
    })
    unsubscribe('http.server.request.start', take)
  }
  subscribe('http.server.request.start', take)
}
