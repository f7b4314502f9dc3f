// The database of one home: the embedded server, kept running, or a server of the user's own.
import { setTimeout as sleep } from 'node:timers/promises'
import { type PostgresServer, type StartOptions, startPostgres } from '../postgres/server.ts'
import { ensureDatabase, migrate, withDatabaseName } from './migrate.ts'
import { say, step } from './progress.ts'

const DATABASE_NAME = 'exemplar'
const WATCH_MS = 2_000

export interface Database {
  url: string
  stop(): Promise<void>
}

type OnServer = (pid: number) => void

/** Starts the server again when it dies under a running product, on its port and no other: web and worker know only that one. */
function keepRunning(directory: string, options: StartOptions, first: PostgresServer, onServer: OnServer): () => Promise<void> {
  let server = first
  onServer(server.pid)
  let ending = false
  const watch = async () => {
    while (!ending) {
      await sleep(WATCH_MS, undefined, { ref: false })
      if (ending || server.isRunning()) continue
      say('The database server ended unexpectedly; starting it again.')
      try {
        server = await startPostgres(directory, { ...options, port: first.port })
        onServer(server.pid)
      } catch (error) {
        say(`The database server could not be started again and is tried again in ${WATCH_MS / 1000} s: ${(error as Error).message}`)
      }
    }
  }
  const watching = watch()
  return async () => {
    ending = true
    await Promise.race([watching, sleep(WATCH_MS)])
    await server.stop()
  }
}

async function openEmbedded(directory: string, options: StartOptions, onServer: OnServer) {
  const server = await step('database server started', () => startPostgres(directory, options))
  return { url: withDatabaseName(server.url, DATABASE_NAME), stop: keepRunning(directory, options, server, onServer) }
}

export interface OpenOptions extends StartOptions {
  /** Told the number of the embedded server each time it starts. */
  onServer?: OnServer
}

/** Opens the database and brings it up to date. Without `databaseUrl` the embedded server in `directory` is used. */
export async function openDatabase(
  directory: string,
  databaseUrl: string | undefined,
  { onServer = () => {}, ...options }: OpenOptions = {},
): Promise<Database> {
  const opened = databaseUrl ? { url: databaseUrl, stop: async () => {} } : await openEmbedded(directory, options, onServer)
  try {
    await ensureDatabase(opened.url)
    const start = performance.now()
    const applied = await migrate(opened.url)
    if (applied > 0) say(`  ${applied} ${applied === 1 ? 'migration' : 'migrations'} applied (${((performance.now() - start) / 1000).toFixed(1)} s)`)
    return opened
  } catch (error) {
    await opened.stop()
    throw error
  }
}
