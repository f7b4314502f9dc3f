// A database cluster on disk: where it lies, who owns it, its password and port. Nothing here runs a server.
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { type Binaries, findBinaries, SYSTEM_DIRECTORY } from './binaries.ts'
import { canEnter, chooseRunUser, giveTo, type RunUser, runAs } from './run-user.ts'

const SUPERUSER = 'exemplar'

export interface Cluster {
  directory: string
  data: string
  logFile: string
  lockFile: string
  user: RunUser | null
  binaries: Binaries
}

/** Character types matter: under plain C, trigram search finds no Chinese and ILIKE knows no accents. */
const CHARACTER_TYPES = ['C.UTF-8', 'en_US.UTF-8']
const initLocales = [
  ...CHARACTER_TYPES.map((type) => ['--locale=C', `--lc-ctype=${type}`, '--locale-provider=builtin', '--builtin-locale=C.UTF-8']),
  ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
]

const SETTINGS = `
# Written by Exemplar: only this machine may connect, and only by TCP, because sockets would need a folder of their own.
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 100
`

/**
 * The folder of the cluster. Where the run user cannot reach the one asked for, that becomes a link to a folder in the
 * system's place for such data.
 */
function placeDirectory(wanted: string): { directory: string; user: RunUser | null } {
  mkdirSync(path.dirname(wanted), { recursive: true, mode: 0o711 })
  if (!existsSync(wanted)) {
    rmSync(wanted, { force: true })
    mkdirSync(wanted, { mode: 0o711 })
  }
  const directory = realpathSync(wanted)
  const user = chooseRunUser(path.join(directory, 'data'))
  if (canEnter(user, directory)) return { directory, user }
  if (existsSync(path.join(directory, 'data')))
    throw new Error(`The database user ${user?.uid} cannot reach ${directory}: a folder above it is closed to others.`)
  const elsewhere = path.join(SYSTEM_DIRECTORY, createHash('sha256').update(directory).digest('hex').slice(0, 16))
  mkdirSync(elsewhere, { recursive: true, mode: 0o711 })
  rmSync(wanted, { recursive: true })
  symlinkSync(elsewhere, wanted)
  return { directory: elsewhere, user: chooseRunUser(path.join(elsewhere, 'data')) }
}

export function locateCluster(wanted: string): Cluster {
  const { directory, user } = placeDirectory(wanted)
  const logFile = path.join(directory, 'postgres.log')
  if (!existsSync(logFile)) writeFileSync(logFile, '', { mode: 0o600 })
  giveTo(user, logFile)
  return { directory, data: path.join(directory, 'data'), logFile, lockFile: path.join(directory, 'lock'), user, binaries: findBinaries(user) }
}

function checkMajor(cluster: Cluster): void {
  const made = readFileSync(path.join(cluster.data, 'PG_VERSION'), 'utf8').trim()
  const major = cluster.binaries.version.split('.')[0]
  if (made !== major)
    throw new Error(
      `${cluster.data} was made by PostgreSQL ${made}, but this version of Exemplar brings ${major}. Use a server of version ${made} through DATABASE_URL to carry the data over.`,
    )
}

/** Makes the cluster if there is none. It grows under another name: a half-made one is thrown away, never used. */
export async function ensureInitialised(cluster: Cluster): Promise<void> {
  if (existsSync(cluster.data)) return checkMajor(cluster)
  const passwordFile = path.join(cluster.directory, 'password')
  writeFileSync(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 })
  const draft = `${cluster.data}.new`
  let code = 1
  for (const locale of initLocales) {
    rmSync(draft, { recursive: true, force: true })
    mkdirSync(draft, { mode: 0o700 })
    giveTo(cluster.user, draft, passwordFile)
    const args = ['-D', draft, '-U', SUPERUSER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8', ...locale]
    code = await runAs(cluster.user, cluster.binaries.initdb, args, cluster.logFile)
    if (code === 0) break
  }
  if (code !== 0) throw new Error(`The database could not be created (initdb exit ${code}); see ${cluster.logFile}`)
  const settings = path.join(draft, 'postgresql.conf')
  writeFileSync(settings, SETTINGS, { flag: 'a' })
  renameSync(draft, cluster.data)
}

const passwordOf = (cluster: Cluster) => readFileSync(path.join(cluster.directory, 'password'), 'utf8').trim()

export function urlOf(cluster: Cluster, port: number, database = 'postgres'): string {
  return `postgresql://${SUPERUSER}:${encodeURIComponent(passwordOf(cluster))}@127.0.0.1:${port}/${database}`
}

function listenOn(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(null))
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : null))
    })
  })
}

/**
 * The cluster's port of last time if it is still free, so that addresses stay the same; else a new one.
 * @throws Error when a certain port is wanted and taken.
 */
export async function choosePort(cluster: Cluster, wanted?: number): Promise<number> {
  if (wanted !== undefined) {
    if ((await listenOn(wanted)) === null) throw new Error(`Port ${wanted}, at which the database is known, is taken by another program.`)
    return wanted
  }
  const file = path.join(cluster.directory, 'port')
  const last = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
  const port = (last > 0 ? await listenOn(last) : null) ?? (await listenOn(0))
  if (!port) throw new Error('No free port was found for the database.')
  writeFileSync(file, String(port))
  return port
}
