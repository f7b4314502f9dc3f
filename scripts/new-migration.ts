// Compares what the migrations make with what prisma/schema says, and writes the difference as a new migration.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { projectRoot, runPrisma } from './start/command.ts'
import { listMigrations, withDatabaseName } from './start/migrate.ts'
import { say } from './start/progress.ts'
import { openTestServer } from './test/server.ts'

const FOLDER = 'prisma/migrations'
/** What schema files cannot say: a CHECK, a trigger, a partial index, a change of rows. */
const BY_HAND = '-- The schema asks for nothing new. Write here what only SQL can say.\n'

/** The SQL that is missing; null when the migrations make what the schema says. */
async function missingSql(): Promise<string | null> {
  const server = await openTestServer()
  const folder = mkdtempSync(path.join(tmpdir(), 'exemplar-migration-'))
  const file = path.join(folder, 'migration.sql')
  try {
    const args = ['migrate', 'diff', '--from-migrations', FOLDER, '--to-schema', 'prisma/schema', '--exit-code', '--script', '--output', file]
    const { code, output } = await runPrisma(args, withDatabaseName(server.url, 'postgres'))
    if (code === 0) return null
    // 2 says that there is a difference.
    if (code !== 2) throw new Error(`The schema could not be compared with the migrations:\n${output}`)
    return readFileSync(file, 'utf8')
  } finally {
    rmSync(folder, { recursive: true, force: true })
    await server.stop()
  }
}

/** Migrations are applied in the order of their names. */
function nameOf(words: string): string {
  const name = `${new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14)}_${words}`
  const last = listMigrations().at(-1)
  if (last !== undefined && name <= last) throw new Error(`The clock of this machine is before the newest migration, ${last}. Set it right first.`)
  return name
}

export async function main([words]: string[]): Promise<number> {
  if (!words || !/^[a-z][a-z0-9_]*$/.test(words)) throw new Error('Say what it does in snake_case: npm run migration -- add_rating')
  const name = nameOf(words)
  const sql = await missingSql()
  const file = path.join(FOLDER, name, 'migration.sql')
  mkdirSync(path.join(projectRoot, FOLDER, name))
  writeFileSync(path.join(projectRoot, file), sql ?? BY_HAND)
  say(sql === null ? `The schema asks for nothing new; ${file} waits for SQL written by hand.` : `${file} is written. Read it before it is applied.`)
  return 0
}
