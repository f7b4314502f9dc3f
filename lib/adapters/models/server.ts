// The one process that answers for the models on this machine: finding it, starting it, ending it.
import { spawn } from 'node:child_process'
import { mkdir, open, readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { readJsonFile } from '#lib/adapters/files.ts'
import { trainerPython, trainerVariables } from '#lib/adapters/training/environment.ts'
import { endProcess, livenessOf, ProcessIdentity } from '#lib/adapters/training/process.ts'
import { home } from '#lib/home.ts'
import { ReplyFailed } from './reply.ts'

const ServeFile = ProcessIdentity.extend({ port: z.int().min(1).max(65535), token: z.string().min(1) })
export type Server = z.infer<typeof ServeFile>

const START_MS = 60_000
const WAIT_STEP_MS = 100
const ALREADY_RUNNING = 73

const folder = (): string => path.join(/* turbopackIgnore: true */ home.models, '.server')

/** The server that is there, if its process still is the one which wrote the file. */
async function findServer(): Promise<Server | null> {
  const server = await readJsonFile(path.join(folder(), 'serve.json'), ServeFile)
  return server && (await livenessOf(server)) === 'alive' ? server : null
}

/** Starts the model server unless one runs; its own lock keeps it to one. It leaves by itself when nobody asks any more. */
export async function ensureServer(): Promise<Server> {
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
  throw new ReplyFailed('server-not-started', { detail: why })
}

/** Ends the server of this home, if one runs: it holds the models in memory and would wait for questions nobody can ask any more. */
export async function endServer(): Promise<void> {
  const server = await findServer()
  if (server) await endProcess(server)
}
