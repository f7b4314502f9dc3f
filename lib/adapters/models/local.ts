import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { hasTrainer } from '#lib/adapters/training/environment.ts'
import { linesOf, ReplyFailed, type ReplyPart, type ReplyRequest } from './reply.ts'
import { ensureServer, type Server } from './server.ts'

/** A killed process may take seconds to let go of its memory on a busy machine: until then it is there and answers nobody. */
const DYING_MS = 15_000
const PAUSE_MS = 100

const Line = z.union([
  z.looseObject({ error: z.string(), cure: z.string().default('') }),
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
  const said = Line.safeParse(await response.json().catch(() => null)).data
  return said && 'error' in said && typeof said.error === 'string'
    ? new ReplyFailed(said.error, String(said.cure))
    : new ReplyFailed(`The model server answered with status ${response.status}.`, 'Try again.')
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
  if (!hasTrainer())
    throw new ReplyFailed('The trainer is not ready yet; it also answers for the models on this machine.', 'Wait until the page Runs calls it ready.')
  const { messages, temperature, maxTokens, seed } = request
  const body = JSON.stringify({ ...model, messages, temperature, maxNewTokens: maxTokens, seed })
  let response = await ask(await ensureServer(), body, signal)
  for (const deadline = Date.now() + DYING_MS; !response && Date.now() < deadline; ) {
    await sleep(PAUSE_MS, undefined, { signal })
    response = await ask(await ensureServer(), body, signal)
  }
  if (!response) throw new ReplyFailed('The model server does not answer.', 'Try again in a moment.')
  if (!response.ok || !response.body) throw await refusalOf(response)
  for await (const text of linesOf(unbroken(response.body, signal))) {
    if (!text) continue
    const line = Line.parse(JSON.parse(text))
    if ('error' in line && typeof line.error === 'string') throw new ReplyFailed(line.error, String(line.cure))
    if ('done' in line && line.done === true) {
      yield { type: 'done', finish: String(line.finish), tokens: Number(line.tokens), tokensPerSecond: Number(line.tokensPerSecond) }
      return
    }
    yield { type: 'text', text: String(line.text) }
  }
  throw endedMidway()
}

const endedMidway = () => new ReplyFailed('The model server ended in the middle of the answer.', 'Try again; often memory ran out.')

/** The bytes of an answer. A connection that breaks off is the server's end, unless we broke it. */
async function* unbroken(body: ReadableStream<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) yield chunk
  } catch (error) {
    throw signal.aborted ? error : endedMidway()
  }
}
