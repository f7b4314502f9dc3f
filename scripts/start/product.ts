// The running product: database, web and worker, from set-up to a clean end.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { endServer } from '#lib/adapters/models/server.ts'
import { env, localAddress } from '#lib/env.ts'
import { findDemoAccounts, home } from '#lib/home.ts'
import { ensureBuilt } from './build.ts'
import { type Child, supervise } from './child.ts'
import { runScript } from './command.ts'
import { type Database, openDatabase } from './database.ts'
import { type DemoAccount, ensureDemo, noteDemoAddress } from './demo.ts'
import { ownerOf, takeLock } from './lock.mjs'
import { choosePort } from './port.ts'
import { ProcessFile } from './processes.ts'
import { say, step } from './progress.ts'
import { ensureSecrets } from './secrets.ts'
import { writePrivate } from './write-private.ts'

const READY_WAIT_MS = 120_000
const READY_POLL_MS = 100

export interface Product {
  address: string
  /** The demo's people who can sign in with the passwords of this home. */
  demoAccounts: DemoAccount[]
  stop(): Promise<void>
}

/** The home itself may be passed through, because the database's user must reach its folder; its other folders may not. */
function prepareHome(): void {
  mkdirSync(home.root, { recursive: true, mode: 0o711 })
  for (const directory of [home.artifacts, home.models, home.trainer, home.runs, home.logs]) mkdirSync(directory, { recursive: true, mode: 0o700 })
}

/** One instance a home: a second one would stop the database under the first when it ends. */
async function takeHome() {
  const file = path.join(home.root, 'instance.lock')
  const lock = await takeLock(file)
  if (lock) return lock
  const owner = ownerOf(file)
  const where = owner?.note ? ` at ${owner.note}` : ''
  throw new Error(`Exemplar already runs from ${home.root}${where} (process ${owner?.pid}). Stop it first, or set EXEMPLAR_HOME to another folder.`)
}

interface Processes {
  database: Database
  port: number
  address: string
  dev: boolean
  file: ProcessFile
}

/** What web, worker and seed are told; everything in it is documented in lib/env.ts but next-auth's own two. */
function childEnv({ database, port, address, dev }: Omit<Processes, 'file'>): Record<string, string> {
  const { sessionSecret, encryptionKey } = ensureSecrets()
  return {
    EXEMPLAR_HOME: home.root,
    EXEMPLAR_HOST: env.EXEMPLAR_HOST,
    EXEMPLAR_PORT: String(port),
    EXEMPLAR_ADDRESS: address,
    EXEMPLAR_SECRET: env.EXEMPLAR_SECRET ?? sessionSecret,
    EXEMPLAR_ENCRYPTION_KEY: env.EXEMPLAR_ENCRYPTION_KEY ?? encryptionKey,
    DATABASE_URL: database.url,
    NODE_ENV: dev ? 'development' : 'production',
    NEXTAUTH_URL: address,
    NEXTAUTH_SECRET: env.EXEMPLAR_SECRET ?? sessionSecret,
  }
}

async function seed(childEnvironment: Record<string, string>): Promise<void> {
  await step('demo project created', async () => {
    const { code, output } = await runScript('prisma/seed/main.ts', [], { env: childEnvironment })
    if (code !== 0 || !findDemoAccounts())
      throw new Error(`The demo project could not be created. Set EXEMPLAR_DEMO=off to start without it.\n${output}`)
  })
}

function startProcesses(processes: Processes, childEnvironment: Record<string, string>): Child[] {
  const { port, dev, file } = processes
  const common = { env: childEnvironment, logDirectory: home.logs, output: dev ? ('both' as const) : env.EXEMPLAR_LOG_OUTPUT }
  const next = ['node_modules/next/dist/bin/next', dev ? 'dev' : 'start', '--port', String(port), '--hostname', env.EXEMPLAR_HOST]
  return [
    supervise({ ...common, name: 'web', args: next, onProcess: (pid) => file.note('web', pid) }),
    supervise({ ...common, name: 'worker', args: ['lib/worker/main.ts'], onProcess: (pid) => file.note('worker', pid) }),
  ]
}

/** What does not answer yet, as /api/ready says it; null when all does. */
async function unreadyPart(address: string): Promise<string | null> {
  try {
    const response = await fetch(`${address}/api/ready`, { signal: AbortSignal.timeout(10_000) })
    if (response.ok) return null
    const report = (await response.json()) as Record<string, boolean>
    return report.database ? (report.migrations ? 'worker' : 'migrations of the database') : 'database'
  } catch {
    return 'web process'
  }
}

async function waitUntilReady(address: string, failed: Promise<string>): Promise<void> {
  let reason: string | null = null
  failed.then((text) => {
    reason = text
  })
  const deadline = Date.now() + READY_WAIT_MS
  for (let part = await unreadyPart(address); part; part = await unreadyPart(address)) {
    if (reason) throw new Error(reason)
    if (Date.now() > deadline) throw new Error(`The ${part} did not become ready within ${READY_WAIT_MS / 1000} s; see the logs in ${home.logs}`)
    await sleep(READY_POLL_MS)
  }
}

/** Undoes in reverse order what has been done so far, whatever fails on the way. */
async function undo(steps: (() => void | Promise<void>)[]): Promise<void> {
  for (const each of steps.reverse()) {
    try {
      await each()
    } catch (error) {
      say((error as Error).message)
    }
  }
}

export async function startProduct({ dev }: { dev: boolean }): Promise<Product> {
  prepareHome()
  const undoSteps: (() => void | Promise<void>)[] = []
  try {
    const lock = await takeHome()
    undoSteps.push(() => lock.release())
    const port = await choosePort(env.EXEMPLAR_HOST, env.EXEMPLAR_PORT, env.EXEMPLAR_PORT_TAKEN)
    if (port !== env.EXEMPLAR_PORT) say(`Port ${env.EXEMPLAR_PORT} is taken; using ${port} instead.`)
    const local = localAddress(env.EXEMPLAR_HOST, port)
    const address = (env.EXEMPLAR_ADDRESS ?? local).replace(/\/+$/, '')
    await ensureBuilt({ pages: !dev })
    const file = new ProcessFile(home.processes)
    undoSteps.push(() => file.remove())
    const database = await openDatabase(home.database, env.DATABASE_URL, { onServer: (pid) => file.note('database', pid) })
    undoSteps.push(() => database.stop())
    // So that other commands of this home find the embedded database; it holds the password.
    if (!env.DATABASE_URL) writePrivate(home.databaseAddress, { url: database.url })
    const processes = { database, port, address, dev, file }
    const childEnvironment = childEnv(processes)
    const demoAccounts = env.EXEMPLAR_DEMO === 'on' ? await ensureDemo(database.url, () => seed(childEnvironment)) : []
    noteDemoAddress(address)
    // After web and worker have ended, so that nobody starts it again.
    undoSteps.push(endServer)
    const children = startProcesses(processes, childEnvironment)
    undoSteps.push(async () => {
      await Promise.all(children.map((child) => child.stop()))
    })
    const failed = Promise.race(children.map((child) => child.failed))
    await step('web and worker started', () => waitUntilReady(local, failed))
    lock.note(address)
    return { address, demoAccounts, stop: () => undo(undoSteps) }
  } catch (error) {
    await undo(undoSteps)
    throw error
  }
}
