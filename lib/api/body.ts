// Reading what a request carries: a JSON text, small and whole, or a file, as it comes.
import { Refusal, refuse } from '#lib/domain/errors.ts'
import { env } from '#lib/env.ts'
import { readAtMost } from '#lib/web/read-at-most.ts'

/** Content type of raw uploads. */
const STREAM_TYPE = 'application/octet-stream'
/** A file is a file, whatever it is called. */
const FILE_TYPES = new Set([STREAM_TYPE, 'application/json', 'application/x-ndjson', 'application/jsonl'])
/** Deeper than any input here; what parses and checks JSON calls itself once a level. */
const MAX_DEPTH = 100

const tooLarge = (limit: number) => new Refusal('payload-too-large', `The body is larger than ${limit} bytes.`)

/** Does the request carry anything? Servers give an empty body to a request that has none, as a call without further input is. */
function hasBody({ body, headers }: Request): boolean {
  if (!body) return false
  return headers.has('content-type') || headers.has('transfer-encoding') || (headers.get('content-length') ?? '0') !== '0'
}

function checkType(headers: Headers, accepted: ReadonlySet<string>, advice: string): void {
  const type = (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  if (!accepted.has(type)) refuse('unsupported-media-type', advice)
}

const isDeeper = (value: unknown, levels: number): boolean => {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  for (const part of Array.isArray(value) ? value : Object.values(value)) if (isDeeper(part, levels - 1)) return true
  return false
}

function parse(bytes: Uint8Array): unknown {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    refuse('malformed-body', error instanceof SyntaxError ? `The body is not valid JSON: ${error.message}` : 'The body is not valid UTF-8.')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse('malformed-body', 'The body must be a JSON object: {"field": …}.')
  if (isDeeper(value, MAX_DEPTH)) refuse('invalid-input', `The body nests more than ${MAX_DEPTH} levels deep; make it flatter.`)
  return value
}

const JSON_TYPES = new Set(['application/json'])

/**
 * The JSON object a request carries, undefined when it carries none.
 * @throws Refusal `unsupported-media-type`, `payload-too-large`, `malformed-body`, or `invalid-input` for one nested too deep.
 */
export async function readJson(request: Request): Promise<unknown> {
  if (!request.body || !hasBody(request)) return undefined
  checkType(request.headers, JSON_TYPES, 'Send the body as application/json.')
  const limit = env.EXEMPLAR_BODY_LIMIT
  // What the client declares is only a first hint; the bytes are counted as they come.
  if (Number(request.headers.get('content-length')) > limit) throw tooLarge(limit)
  const bytes = await readAtMost(request.body, limit).catch(() => refuse('malformed-body', 'The body ended early.'))
  if (!bytes) throw tooLarge(limit)
  return bytes.byteLength === 0 ? undefined : parse(bytes)
}

/** Counts bytes as they pass and stops at the limit. */
function bounded(body: ReadableStream<Uint8Array>, limit: number): ReadableStream<Uint8Array> {
  let seen = 0
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        seen += chunk.byteLength
        if (seen > limit) controller.error(tooLarge(limit))
        else controller.enqueue(chunk)
      },
    }),
  )
}

/** The file a request carries and its declared length. @throws Refusal `unsupported-media-type`, or `payload-too-large` for what is declared so. */
export function openFile(request: Request): { body: ReadableStream<Uint8Array> | null; contentLength: number | null } {
  if (!request.body || !hasBody(request)) return { body: null, contentLength: null }
  checkType(request.headers, FILE_TYPES, `Send the file as ${STREAM_TYPE}.`)
  const declared = request.headers.get('content-length')
  const limit = env.EXEMPLAR_UPLOAD_LIMIT
  if (Number(declared) > limit) throw tooLarge(limit)
  return { body: bounded(request.body, limit), contentLength: declared === null ? null : Number(declared) }
}
