// What Node's server hands us of a request's body.
import type { IncomingMessage } from 'node:http'
import { finished } from 'node:stream'

const READ_AT_ONCE_BYTES = 64 * 1024
const BODILESS = new Set(['GET', 'HEAD', 'TRACE'])
/** How long the rest of a body that nobody wants is read. */
export const LINGER_MS = 30_000

/** Unlike the stream that Node makes of it, one given up leaves the connection alone: the answer still has to leave by it. */
function streamOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  let take: (chunk: Uint8Array) => void
  let forget: () => void
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        take = (chunk) => {
          controller.enqueue(chunk)
          if ((controller.desiredSize ?? 0) <= 0) incoming.pause()
        }
        forget = finished(incoming, (error) => (error ? controller.error(error) : controller.close()))
        incoming.pause().on('data', take)
      },
      pull: () => void incoming.resume(),
      cancel() {
        forget()
        incoming.off('data', take).pause()
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: READ_AT_ONCE_BYTES }),
  )
}

/** Short bodies are read at once, which costs a fraction of a stream; `serve` looks at none before it knows who sends it. */
export async function bodyOf(incoming: IncomingMessage): Promise<BodyInit | null> {
  if (BODILESS.has(incoming.method ?? '')) return null
  const length = Number(incoming.headers['content-length'])
  if (!(length <= READ_AT_ONCE_BYTES)) return streamOf(incoming)
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  return chunks.length > 0 ? new Uint8Array(Buffer.concat(chunks)) : null
}

/** Reads what is left of a body, for a while: a connection closed over unread bytes is reset, and the client may lose the answer with it. */
export const readRest = (incoming: IncomingMessage): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, LINGER_MS).unref()
    finished(incoming, { writable: false }, () => {
      clearTimeout(timer)
      resolve()
    })
    incoming.removeAllListeners('data').resume()
  })
