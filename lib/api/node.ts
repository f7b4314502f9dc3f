// The API on Node's own server, beside Next in the same process: Next's way to a route handler costs more than the rest of a request.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { API_SECURITY_HEADERS, SECURITY_HEADERS } from '#lib/web/security-headers.ts'
import { PREFIX, serve } from './http.ts'

/** Shorter answers gain nothing from being compressed. */
const COMPRESSED_FROM_BYTES = 1024
const READ_AT_ONCE_BYTES = 64 * 1024
const BODILESS = new Set(['GET', 'HEAD'])
/** An answer that is one JSON value. */
const WHOLE = /^application\/(problem\+)?json\b/
const HEADERS = [...SECURITY_HEADERS, ...API_SECURITY_HEADERS]
/** Written by Next while it compiles the pages. */
const DOCUMENT = `${PREFIX}/openapi.json`

const compress = promisify(gzip)

const isOurs = (url = '') => url.startsWith(`${PREFIX}/`) && url !== DOCUMENT

/** Short bodies are read at once, which costs a fraction of a stream; `serve` looks at none before it knows who sends it. */
async function bodyOf(incoming: IncomingMessage): Promise<BodyInit | null> {
  if (BODILESS.has(incoming.method ?? '')) return null
  const length = Number(incoming.headers['content-length'])
  if (!(length <= READ_AT_ONCE_BYTES)) return Readable.toWeb(incoming) as ReadableStream<Uint8Array>
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  return chunks.length > 0 ? new Uint8Array(Buffer.concat(chunks)) : null
}

async function requestOf(incoming: IncomingMessage, outgoing: ServerResponse): Promise<Request> {
  const { method = 'GET', url = '', headers } = incoming
  const body = await bodyOf(incoming)
  const gone = new AbortController()
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) gone.abort()
  })
  const entries = Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string])
  return new Request(new URL(url, 'http://exemplar.invalid'), { method, headers: entries, body, signal: gone.signal, duplex: 'half' } as RequestInit)
}

async function send(response: Response, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  outgoing.statusCode = response.status
  // The rest of a body nobody wants would be taken for the next request.
  if (!incoming.complete) outgoing.setHeader('connection', 'close')
  for (const { key, value } of HEADERS) outgoing.setHeader(key, value)
  for (const [name, value] of response.headers) outgoing.setHeader(name, value)
  if (!response.body) return void outgoing.end()
  // Files and streams of events leave as they come.
  if (!WHOLE.test(response.headers.get('content-type') ?? '') || response.headers.has('content-disposition'))
    return pipeline(Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]), outgoing)
  const bytes = Buffer.from(await response.arrayBuffer())
  outgoing.setHeader('vary', 'accept-encoding')
  if (bytes.length < COMPRESSED_FROM_BYTES || !/\bgzip\b/.test(String(incoming.headers['accept-encoding']))) return void outgoing.end(bytes)
  outgoing.setHeader('content-encoding', 'gzip')
  outgoing.end(await compress(bytes))
}

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  try {
    await send(await serve(await requestOf(incoming, outgoing)), incoming, outgoing)
  } catch {
    // The client has gone, or a file broke off: an end that cannot be taken for a whole answer.
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
      if (isOurs(incoming.url)) void answer(incoming, outgoing)
      else for (const listener of others) listener(incoming, outgoing)
    })
    unsubscribe('http.server.request.start', take)
  }
  subscribe('http.server.request.start', take)
}
