import { spawn } from 'node:child_process'
import { mkdir, open, readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { hasTrainer, trainerPython, trainerVariables } from '#lib/adapters/training/environment.ts'
import { livenessOf, ProcessIdentity } from '#lib/adapters/training/process.ts'
import { readJsonFile } from '#lib/adapters/training/run-folder.ts'
import { home } from '#lib/home.ts'
import { linesOf, ReplyFailed, type ReplyPart, type ReplyRequest } from './reply.ts'

const ServeFile = ProcessIdentity.extend({ port: z.int().min(1).max(65535), token: z.string().min(1) })
type Server = z.infer<typeof ServeFile>

const START_MS = 60_000
const WAIT_STEP_MS = 100
const TRIES = 3
const ALREADY_RUNNING = 73

const folder = (): string => path.join(/* turbopackIgnore: true */ home.models, '.server')

/** The server that is there, if its process still is the one which wrote the file. */
async function findServer(): Promise<Server | null> {
  const server = await readJsonFile(path.join(folder(), 'serve.json'), ServeFile)
  return server && (await livenessOf(server)) === 'alive' ? server : null
}

/** Starts the model server unless one runs; its own lock keeps it to one. It leaves by itself when nobody asks any more. */
async function ensureServer(): Promise<Server> {
  const present = await findServer()
  if (present) return present
  await mkdir(folder(), { recursive: true, mode: 0o700 })
  const logFile = path.join(folder(), 'serve.log')
  const log = await open(logFile, 'a')
  const child = spawn(trainerPython(), ['-m', 'exemplar_trainer.serve', '--dir', folder()], {
    env: trainerVariables(),
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  })
  await log.close()
  child.unref()
  let failure: Error | null = null
  child.once('error', (error) => {
    failure = error
  })
  for (const deadline = Date.now() + START_MS; Date.now() < deadline; await sleep(WAIT_STEP_MS)) {
    const server = await findServer()
    if (server) return server
    if (failure || (child.exitCode !== null && child.exitCode !== ALREADY_RUNNING)) break
  }
  const said = await readFile(logFile, 'utf8').catch(() => '')
  const why = (failure as Error | null)?.message ?? (said.trim().split('\n').at(-1) || 'it did not come up')
  throw new ReplyFailed(`The model server could not be started: ${why}`, 'Try again; if it fails again, prepare the trainer again on the page Runs.')
}

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
  let response: Response | null = null
  for (let attempt = 0; attempt < TRIES && !response; attempt++) response = await ask(await ensureServer(), body, signal)
  if (!response) throw new ReplyFailed('The model server does not answer.', 'Try again in a moment.')
  if (!response.ok || !response.body) throw await refusalOf(response)
  for await (const text of linesOf(response.body)) {
    if (!text) continue
    const line = Line.parse(JSON.parse(text))
    if ('error' in line && typeof line.error === 'string') throw new ReplyFailed(line.error, String(line.cure))
    if ('done' in line && line.done === true) {
      yield { type: 'done', finish: String(line.finish), tokens: Number(line.tokens), tokensPerSecond: Number(line.tokensPerSecond) }
      return
    }
    yield { type: 'text', text: String(line.text) }
  }
  throw new ReplyFailed('The model server ended in the middle of the answer.', 'Try again; often memory ran out.')
}
