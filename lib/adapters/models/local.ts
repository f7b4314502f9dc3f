import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { hasTrainer } from '#lib/adapters/training/environment.ts'
import { Facts, REPLY_FAILURES } from '#lib/domain/training/finding.ts'
import { linesOf, ReplyFailed, type ReplyPart, type ReplyRequest } from './reply.ts'
import { ensureServer, type Server } from './server.ts'

/** A killed process may take seconds to let go of its memory on a busy machine: until then it is there and answers nobody. */
const DYING_MS = 15_000
const PAUSE_MS = 100

const Failed = z.looseObject({ error: z.string(), code: z.string().default(''), facts: Facts.default({}) })
const Line = z.union([
  z.looseObject({ done: z.literal(true), finish: z.string(), tokens: z.number(), tokensPerSecond: z.number() }),
  z.looseObject({ text: z.string() }),
])

/** One request; null when the server went away between being found and being asked. */
async function ask(server: Server, body: string, signal: AbortSignal): Promise<Response | null> {
  try {
    const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' }
    const response = await fetch(`http://127.0.0.1:${server.port}/generate`, { method: 'POST', headers, body, signal })
    if (response.status !== 401) return response
    await response.body?.cancel()
    return null
  } catch (error) {
    if (signal.aborted) throw error
    return null
  }
}

async function refusalOf(response: Response): Promise<ReplyFailed> {
  const said = Failed.safeParse(await response.json().catch(() => null)).data
  return said ? saidBy(said) : new ReplyFailed('server-status', { status: response.status })
}

/** What the model server names by a code we know is told in our words, anything else in its own. */
function saidBy({ error, code, facts }: z.infer<typeof Failed>): ReplyFailed {
  const known = REPLY_FAILURES.find((each) => each === code)
  return known ? new ReplyFailed(known, facts) : new ReplyFailed('server-refused', { detail: error })
}

/**
 * Streams an answer of a model on this machine: a base model, or an adapter on it. Paths are absolute. Aborting the signal,
 * or leaving the iterator, ends the generation.
 * @throws ReplyFailed
 */
export async function* generateLocally(
  model: { base: string; adapter: string | null },
  request: ReplyRequest,
  signal: AbortSignal,
): AsyncGenerator<ReplyPart> {
  if (!hasTrainer()) throw new ReplyFailed('trainer-not-ready')
  const { messages, temperature, maxTokens, seed } = request
  const body = JSON.stringify({ ...model, messages, temperature, maxNewTokens: maxTokens, seed })
  let response = await ask(await ensureServer(), body, signal)
  for (const deadline = Date.now() + DYING_MS; !response && Date.now() < deadline; ) {
    await sleep(PAUSE_MS, undefined, { signal })
    response = await ask(await ensureServer(), body, signal)
  }
  if (!response) throw new ReplyFailed('server-silent')
  if (!response.ok || !response.body) throw await refusalOf(response)
  for await (const text of linesOf(unbroken(response.body, signal))) {
    if (!text) continue
    const value: unknown = JSON.parse(text)
    const failed = Failed.safeParse(value).data
    if (failed) throw saidBy(failed)
    const line = Line.parse(value)
    if ('done' in line && line.done === true) {
      yield { type: 'done', finish: String(line.finish), tokens: Number(line.tokens), tokensPerSecond: Number(line.tokensPerSecond) }
      return
    }
    yield { type: 'text', text: String(line.text) }
  }
  throw endedMidway()
}

const endedMidway = () => new ReplyFailed('ended-midway')

/** The bytes of an answer. A connection that breaks off is the server's end, unless we broke it. */
async function* unbroken(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) yield chunk
  } catch (error) {
    throw signal.aborted ? error : endedMidway()
  }
}
