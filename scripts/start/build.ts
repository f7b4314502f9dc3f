// Generates the database client and compiles the pages, each only when what it is made from has changed.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { projectRoot, runPrisma, runScript } from './command.ts'
import { withLock } from './lock.mjs'
import { say, step } from './progress.ts'

/** A hash over files of the project: their names and contents, in a fixed order. */
async function hashOf(names: string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const name of names.sort()) {
    const full = path.join(projectRoot, name)
    const entries = await readdir(full, { recursive: true, withFileTypes: true }).catch(() => null)
    const files = entries ? entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name)) : [full]
    for (const file of files.sort()) {
      const relative = path.relative(projectRoot, file)
      if (relative.startsWith(path.join('lib', 'generated'))) continue
      hash
        .update(relative)
        .update('\0')
        .update(await readFile(file))
        .update('\0')
    }
  }
  return hash.digest('hex')
}

/** Top-level names that do not end up in the compiled pages; everything else does, so that a new folder is not forgotten. */
const NOT_COMPILED = new Set([
  'node_modules',
  'scripts',
  'tests',
  'trainer',
  'docs',
  'bench',
  'test-results',
  'playwright-report',
  'next-env.d.ts',
  'biome.json',
  'knip.jsonc',
  'LICENSE',
])

async function compiledSources(): Promise<string[]> {
  const names = await readdir(projectRoot)
  return names.filter((name) => !name.startsWith('.') && !name.endsWith('.md') && !name.endsWith('.tsbuildinfo') && !NOT_COMPILED.has(name))
}

const noted = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : null)

function note(file: string, value: string): void {
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(file, value)
}

const clientNote = path.join(projectRoot, 'lib/generated/prisma/.made-from')
const contractNote = path.join(projectRoot, 'lib/generated/.contract-made-from')
const buildNote = path.join(projectRoot, '.next/.made-from')

async function generateClient(): Promise<void> {
  const hash = await hashOf(['prisma/schema', 'prisma.config.ts', 'package-lock.json'])
  if (noted(clientNote) === hash) return
  await step('database client generated', async () => {
    const { code, output } = await runPrisma(['generate'])
    if (code !== 0 || !existsSync(path.join(projectRoot, 'lib/generated/prisma/client.ts'))) throw new Error(`prisma generate failed:\n${output}`)
    note(clientNote, hash)
  })
}

/** The browser's client knows the API by a small file of methods and paths, written from the operations. */
async function generateContract(): Promise<void> {
  const hash = await hashOf(['lib', 'scripts/generate-contract.ts'])
  if (noted(contractNote) === hash) return
  await step('API contract generated', async () => {
    const { code, output } = await runScript('scripts/generate-contract.ts', [])
    if (code !== 0) throw new Error(`The API contract could not be generated:\n${output}`)
    note(contractNote, hash)
  })
}

async function compilePages(): Promise<void> {
  const hash = await hashOf(await compiledSources())
  if (noted(buildNote) === hash) return
  await step('pages compiled', async () => {
    const { code, output } = await runScript('node_modules/next/dist/bin/next', ['build'], { env: { NODE_ENV: 'production' } })
    if (code !== 0) throw new Error(`next build failed (exit code ${code}):\n${output.split('\n').slice(0, SHOWN_LINES).join('\n')}`)
    note(buildNote, hash)
  })
}

/** Errors come first; pages of warnings would push them off the screen. */
const SHOWN_LINES = 60
const BUILD_WAIT_MS = 10 * 60_000

/** Brings generated code up to date; `pages` compiles the web process, too. Two commands at once take turns. */
export async function ensureBuilt({ pages }: { pages: boolean }): Promise<void> {
  const onWait = (owner: { pid: number }) => say(`  waiting for process ${owner.pid}, which is building …`)
  await withLock(path.join(projectRoot, '.exemplar/setup.lock'), { waitMs: BUILD_WAIT_MS, onWait }, async () => {
    await generateClient()
    await generateContract()
    if (pages) await compilePages()
  })
}
