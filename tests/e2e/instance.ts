// A product of a test's own beside the one all share: an empty database behind a proxy, no demo, an address that is no secure origin.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { withConnection, withDatabaseName } from '../../scripts/start/migrate.ts'
import { TcpProxy } from '../support/tcp-proxy.ts'

/** The browser resolves it to this machine (playwright.config.ts); plain http to a name is no secure origin. */
export const LAN_NAME = 'exemplar.lan'
const DATABASE = 'exemplar_e2e_own'
const START_MS = 120_000

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** The server the shared product runs on: given, or its own embedded one. */
function sharedServer(): string {
  const given = process.env.DATABASE_URL
  if (given) return withDatabaseName(given, 'postgres')
  const file = path.join(process.env.EXEMPLAR_E2E_HOME ?? '.exemplar/e2e', 'database.json')
  return withDatabaseName(JSON.parse(readFileSync(file, 'utf8')).url, 'postgres')
}

function untilReady(product: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    const fail = (why: string) => reject(new Error(`${why}:\n${said}`))
    const timer = setTimeout(() => fail('the product was not ready in time'), START_MS)
    for (const stream of [product.stdout, product.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        said += chunk
        if (!said.includes('Exemplar is ready')) return
        clearTimeout(timer)
        resolve()
      })
    }
    product.once('exit', (code) => fail(`the product ended with ${code}`))
  })
}

export interface Instance {
  address: string
  home: string
  /** The way to its database: closed, the database is lost. */
  database: TcpProxy
  stop(): Promise<void>
}

export async function startInstance(): Promise<Instance> {
  const server = sharedServer()
  await withConnection(server, (client) => client.query(`DROP DATABASE IF EXISTS "${DATABASE}" WITH (FORCE)`))
  const database = new TcpProxy({ host: new URL(server).hostname, port: Number(new URL(server).port || 5432) })
  await database.open()
  const url = new URL(withDatabaseName(server, DATABASE))
  url.hostname = '127.0.0.1'
  url.port = String(database.port)
  const home = mkdtempSync(path.join(tmpdir(), 'exemplar-own-'))
  const port = await freePort()
  const address = `http://${LAN_NAME}:${port}`
  const env = {
    ...process.env,
    EXEMPLAR_HOME: home,
    EXEMPLAR_PORT: String(port),
    EXEMPLAR_PORT_TAKEN: 'fail',
    EXEMPLAR_ADDRESS: address,
    EXEMPLAR_DEMO: 'off',
    EXEMPLAR_TRAINER: 'off',
    DATABASE_URL: url.toString(),
    // Ends with its parent, should the test run be killed.
    npm_lifecycle_event: 'test',
  }
  const product = spawn(process.execPath, ['scripts/start.mjs'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise((resolve) => product.once('exit', resolve))
  await untilReady(product)
  return {
    address,
    home,
    database,
    stop: async () => {
      product.kill('SIGTERM')
      await ended
      await database.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
