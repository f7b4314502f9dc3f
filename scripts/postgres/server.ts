// Starts, adopts and stops the server of a cluster. There is never a second server on the same data.
import { existsSync, readFileSync, realpathSync, rmSync, statSync, truncateSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { isAlive, withLock } from '../start/lock.mjs'
import { type Cluster, choosePort, ensureInitialised, locateCluster, urlOf } from './cluster.ts'
import { isPostgres } from './process-name.ts'
import { runAs } from './run-user.ts'

const LOCK_WAIT_MS = 120_000
const ATTEMPTS = 8
const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 2_000
const ANSWER_WAIT_MS = 60_000
const LOG_LIMIT_BYTES = 10 * 1024 * 1024
/** "starting up" and "shutting down": the server is there, but not yet or no longer open. */
const CANNOT_CONNECT_NOW = '57P03'

export interface PostgresServer {
  /** Address of the maintenance database `postgres`. */
  url: string
  port: number
  pid: number
  /** Whether the server was already running. */
  adopted: boolean
  isRunning(): boolean
  stop(): Promise<void>
}

export interface StartOptions {
  /** Server settings for this run, as for a test server that need not survive a power cut. */
  settings?: Record<string, string>
  /** The only port that will do, where clients know no other. Without it the port of last time is taken if it is free. */
  port?: number
}

interface PidFile {
  pid: number
  port: number
}

function readPidFile(cluster: Cluster): PidFile | null {
  try {
    const lines = readFileSync(path.join(cluster.data, 'postmaster.pid'), 'utf8').split('\n')
    return { pid: Number(lines[0]), port: Number(lines[3]) }
  } catch {
    return null
  }
}

type Answer = 'ours' | 'busy' | 'foreign' | 'none'

/** Asks whoever listens whether it serves this cluster's data: only our server knows our password and names our folder. */
async function ask(cluster: Cluster, port: number): Promise<Answer> {
  const client = new pg.Client({ connectionString: urlOf(cluster, port), connectionTimeoutMillis: 3_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory')
    return realpathSync(rows[0]?.data_directory ?? '') === realpathSync(cluster.data) ? 'ours' : 'foreign'
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === CANNOT_CONNECT_NOW) return 'busy'
    return code === 'ECONNREFUSED' ? 'none' : 'foreign'
  } finally {
    await client.end().catch(() => {})
  }
}

/** The running server of this cluster, once it answers; null where the pid file is absent or nobody's. */
async function findRunning(cluster: Cluster): Promise<PidFile | null> {
  const deadline = Date.now() + ANSWER_WAIT_MS
  for (;;) {
    const found = readPidFile(cluster)
    if (!found || !isAlive(found.pid)) return null
    const answer = found.port > 0 ? await ask(cluster, found.port) : 'none'
    if (answer === 'ours') return found
    if (!isPostgres(found.pid)) return null
    if (Date.now() > deadline)
      throw new Error(`A PostgreSQL server (process ${found.pid}) holds ${cluster.data} but does not answer; see ${cluster.logFile}`)
    await sleep(FIRST_PAUSE_MS)
  }
}

/** PostgreSQL takes any living process of its own user for the owner of a pid file; after a reboot it may be a stranger. */
function removeForeignPidFile(cluster: Cluster): void {
  const found = readPidFile(cluster)
  if (found && isAlive(found.pid) && !isPostgres(found.pid)) rmSync(path.join(cluster.data, 'postmaster.pid'), { force: true })
}

function serverArguments(port: number, settings: Record<string, string>): string {
  return [`-p ${port}`, ...Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`)].join(' ')
}

/** After a hard kill the last processes of the old server may hold its shared memory for a moment: try again, patiently. */
async function startServer(cluster: Cluster, { settings = {}, port: wanted }: StartOptions): Promise<PidFile> {
  if (existsSync(cluster.logFile) && statSync(cluster.logFile).size > LOG_LIMIT_BYTES) truncateSync(cluster.logFile)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await sleep(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt))
    removeForeignPidFile(cluster)
    const port = await choosePort(cluster, wanted)
    const args = ['start', '-w', '-t', '60', '-D', cluster.data, '-l', cluster.logFile, '-o', serverArguments(port, settings)]
    await runAs(cluster.user, cluster.binaries.pgCtl, args, cluster.logFile)
    const running = await findRunning(cluster)
    if (running) return running
  }
  const lines = readFileSync(cluster.logFile, 'utf8').trimEnd().split('\n').slice(-5)
  throw new Error(`The database did not start. The end of ${cluster.logFile}:\n${lines.join('\n')}`)
}

async function stopServer(cluster: Cluster): Promise<void> {
  if (!readPidFile(cluster)) return
  const code = await runAs(cluster.user, cluster.binaries.pgCtl, ['stop', '-m', 'fast', '-w', '-t', '60', '-D', cluster.data], cluster.logFile)
  const left = readPidFile(cluster)
  if (code !== 0 && left && isPostgres(left.pid)) throw new Error(`The database did not stop within 60 s; see ${cluster.logFile}`)
}

const lockOptions = { waitMs: LOCK_WAIT_MS }

/** Makes the cluster in `directory` if need be, and returns its running server: a living one is adopted. */
export async function startPostgres(directory: string, options: StartOptions = {}): Promise<PostgresServer> {
  // What PostgreSQL and its user must read may not inherit a strict mask.
  process.umask(0o022)
  const cluster = locateCluster(directory)
  return withLock(cluster.lockFile, lockOptions, async () => {
    await ensureInitialised(cluster)
    const adopted = await findRunning(cluster)
    const { pid, port } = adopted ?? (await startServer(cluster, options))
    return {
      url: urlOf(cluster, port),
      port,
      pid,
      adopted: adopted !== null,
      isRunning: () => isAlive(pid) && readPidFile(cluster)?.pid === pid,
      stop: () => withLock(cluster.lockFile, lockOptions, () => stopServer(cluster)),
    }
  })
}
