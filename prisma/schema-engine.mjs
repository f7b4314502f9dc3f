#!/usr/bin/env node
// A front for @prisma/schema-engine-wasm that answers as Prisma's native schema engine does: JSON-RPC, one message a
// line, on stdin and stdout. With it, migrations run from npm packages alone; no binary is downloaded.
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils'
import pg from 'pg'

const OID_CHAR = 18
const OID_TEXT = 25
const RPC_ENGINE_ERROR = 4466
/** The wasm engine names one method differently. */
const METHOD_ALIASES = { getDatabaseVersion: 'version' }

const options = parseArguments(process.argv.slice(2))
const databaseUrl = () => options.datasource.directUrl || options.datasource.url || process.env.DATABASE_URL || ''

function parseArguments(argv) {
  const parsed = { datamodels: [], datasource: {}, command: null, version: false }
  const rest = [...argv]
  while (rest.length > 0) {
    const argument = rest.shift()
    if (argument === '--datamodels') parsed.datamodels.push(rest.shift())
    else if (argument === '--datasource') parsed.datasource = JSON.parse(rest.shift())
    else if (argument === '--enabled-preview-features' || argument === '--extension-types') rest.shift()
    else if (argument === 'cli') parsed.command = rest.shift()
    else if (argument === '--version') parsed.version = true
  }
  return parsed
}

// ── one-shot commands ────────────────────────────────────────────────────────────────────────────────────────────

async function withClient(url, work) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function withDatabase(url, database) {
  const changed = new URL(url)
  changed.pathname = `/${encodeURIComponent(database)}`
  return changed.toString()
}

/** A connection failure in the codes and words Prisma's CLI knows. */
function explainConnection(error, url) {
  const { hostname, port, pathname } = new URL(url)
  if (error.code === '3D000') return ['P1003', `Database \`${pathname.slice(1)}\` does not exist`]
  if (error.code === '28P01' || error.code === '28000') return ['P1000', `Authentication failed against database server at \`${hostname}\``]
  return ['P1001', `Can't reach database server at \`${hostname}:${port || 5432}\`: ${error.message || error.code}`]
}

const COMMANDS = {
  'can-connect-to-database': (url) => withClient(url, (client) => client.query('select 1')),
  'create-database': (url) => {
    const name = decodeURIComponent(new URL(url).pathname.slice(1))
    return withClient(withDatabase(url, 'postgres'), (client) => client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`))
  },
}

async function runCommand(name) {
  const command = COMMANDS[name]
  if (!command) throw new Error(`unknown command: ${name}`)
  const url = databaseUrl()
  try {
    await command(url)
    return 0
  } catch (error) {
    const [code, message] = explainConnection(error, url)
    const record = {
      timestamp: new Date().toISOString(),
      level: 'ERROR',
      fields: { message, error_code: code, is_panic: false },
      target: 'schema_engine::logger',
    }
    process.stderr.write(`\n${JSON.stringify(record)}`)
    return 1
  }
}

// ── database access for the engine ───────────────────────────────────────────────────────────────────────────────

// The adapter has no mapping for PostgreSQL's "char" (OID 18), which Prisma's catalogue queries return. On the wire it
// is relabelled as text; in the result its column is declared Character, the only type the engine accepts there.
let charColumns = []

class EngineClient extends pg.Client {
  constructor(...args) {
    super(...args)
    this.connection.prependListener('rowDescription', (message) => {
      charColumns = []
      message.fields.forEach((field, index) => {
        if (field.dataTypeID !== OID_CHAR) return
        field.dataTypeID = OID_TEXT
        charColumns.push(index)
      })
    })
  }
}

function withCharColumns(queryable) {
  const queryRaw = queryable.queryRaw.bind(queryable)
  queryable.queryRaw = async (query) => {
    charColumns = []
    const result = await queryRaw(query)
    for (const index of charColumns) result.columnTypes[index] = ColumnTypeEnum.Character
    return result
  }
  if (queryable.startTransaction) {
    const start = queryable.startTransaction.bind(queryable)
    queryable.startTransaction = async (...args) => withCharColumns(await start(...args))
  }
  return queryable
}

async function openAdapter(connectionString) {
  const pool = new pg.Pool({ connectionString, Client: EngineClient, max: 2 })
  const adapter = withCharColumns(await new PrismaPg(pool, { disposeExternalPool: true }).connect())
  // The stock method cuts a script at every semicolon, also inside a function's body. Sent whole it is also one transaction.
  adapter.executeScript = async (script) => {
    try {
      await pool.query(script)
    } catch (error) {
      adapter.onError(error)
    }
  }
  return adapter
}

class EngineAdapterFactory extends PrismaPg {
  connect() {
    return openAdapter(databaseUrl())
  }

  // The stock method hands pg both a connection string and a database name; the string wins, so its "shadow" would be
  // the main database, which the engine then empties.
  async connectToShadowDb() {
    if (options.datasource.shadowDatabaseUrl) return openAdapter(options.datasource.shadowDatabaseUrl)
    const name = `prisma_migrate_shadow_db_${randomUUID()}`
    await withClient(databaseUrl(), (client) => client.query(`CREATE DATABASE "${name}"`))
    const adapter = await openAdapter(withDatabase(databaseUrl(), name))
    const dispose = adapter.dispose.bind(adapter)
    adapter.dispose = async () => {
      await dispose()
      await withClient(databaseUrl(), (client) => client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`))
    }
    return adapter
  }
}

// ── JSON-RPC ─────────────────────────────────────────────────────────────────────────────────────────────────────

async function loadGlue() {
  // Without this object a panic inside the engine surfaces as an unrelated TypeError.
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => process.stderr.write(`${message}\n`) }
  const glueUrl = import.meta.resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const glue = await import(glueUrl)
  const bytes = await readFile(new URL('./schema_engine_bg.wasm', glueUrl))
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': glue })
  glue.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  return glue
}

async function createEngine() {
  const glue = await loadGlue()
  const datamodels = await Promise.all(options.datamodels.map(async (file) => [file, await readFile(file, 'utf8')]))
  const adapter = bindMigrationAwareSqlAdapterFactory(new EngineAdapterFactory({ connectionString: databaseUrl() }))
  const engine = await glue.SchemaEngine.new({ datamodels: datamodels.length > 0 ? datamodels : undefined }, () => {}, adapter)
  return { engine, adapter }
}

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)

/** The error behind "external error <id>" is kept in the adapter; without it the user would read only the number. */
function causeOf(error, adapter) {
  const id = /external error.*?(\d+)/i.exec(error?.message ?? '')?.[1] ?? error?.id
  try {
    return adapter?.errorRegistry?.consumeError?.(Number(id))?.error
  } catch {
    return undefined
  }
}

function errorReply(id, error, adapter) {
  const message = causeOf(error, adapter)?.message ?? error?.message ?? String(error)
  const data = { is_panic: false, message, meta: error?.meta ?? null, error_code: error?.code ?? null }
  return { id, error: { code: RPC_ENGINE_ERROR, message: 'An error happened. Check the data field for details.', data } }
}

async function serve() {
  let opened
  const open = () => (opened ??= createEngine())
  const printed = new Map()
  let nextId = 1
  /** Asks the CLI to print, and waits until it has: the diff's text must precede its exit code. */
  const print = (content) =>
    new Promise((resolve) => {
      const id = nextId++
      printed.set(id, resolve)
      send({ id, method: 'print', params: { content } })
    })

  async function answer({ id, method, params }) {
    try {
      const { engine } = await open()
      const name = METHOD_ALIASES[method] ?? method
      if (typeof engine[name] !== 'function') throw new Error(`not supported by the wasm schema engine: ${name}`)
      let result = await engine[name](params ?? null)
      if (name === 'diff' && result.stdout != null) {
        await print(result.stdout)
        result = { exitCode: result.exitCode, stdout: null }
      }
      send({ id, result: result ?? null })
    } catch (error) {
      const adapter = await open().then(
        (both) => both.adapter,
        () => null,
      )
      send(errorReply(id, error, adapter))
    }
  }

  let queue = Promise.resolve()
  for await (const line of createInterface({ input: process.stdin })) {
    if (!line.trim()) continue
    const message = JSON.parse(line)
    if (message.method) {
      queue = queue.then(() => answer(message))
    } else {
      printed.get(message.id)?.()
      printed.delete(message.id)
    }
  }
  await queue
  return 0
}

if (options.version) {
  process.stdout.write('schema-engine-cli wasm\n')
  process.exit(0)
}
process.exit(await (options.command ? runCommand(options.command) : serve()))
