import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = path.resolve(import.meta.dirname, '../..')
const config: { forbidden: { name: string }[] } = createRequire(import.meta.url)(path.join(root, '.dependency-cruiser.cjs'))

/** One file a rule, which breaks that rule. */
const PLANTED: Record<string, { file: string; source: string }> = {
  'domain-is-pure': { file: 'lib/domain/impure.ts', source: `import '#lib/services/target.ts'` },
  'domain-needs-no-node': { file: 'lib/domain/node.ts', source: `import 'node:fs'` },
  'services-stand-alone': { file: 'lib/services/upwards.ts', source: `import '#lib/api/target.ts'` },
  'adapters-serve': { file: 'lib/adapters/calls-back.ts', source: `import '#lib/services/target.ts'` },
  'app-calls-operations': { file: 'app/page.tsx', source: `import '#lib/db.ts'` },
  'worker-is-no-web': { file: 'lib/worker/web.ts', source: `import '#lib/api/target.ts'` },
  'library-is-below-pages': { file: 'lib/auth/pages.ts', source: `import '#components/target.ts'` },
  'components-run-in-the-browser': { file: 'components/person/database.ts', source: `import { db } from '#lib/db.ts'; db()` },
  'client-runs-in-the-browser': { file: 'lib/client/service.ts', source: `import { target } from '#lib/services/target.ts'; target()` },
  'primitives-know-no-noun': { file: 'components/ui/noun.ts', source: `import '#components/target.ts'` },
  'database-in-services': { file: 'lib/auth/queries.ts', source: `import '#lib/db.ts'` },
  'database-client-in-services': {
    file: 'lib/auth/client.ts',
    source: `import { PrismaClient } from '#lib/generated/prisma/client.ts'; new PrismaClient()`,
  },
  'orpc-in-three-places': { file: 'lib/worker/rpc.ts', source: `import '@orpc/server'` },
  'development-packages-stay-out': { file: 'lib/services/development.ts', source: `import 'vitest'` },
  'tests-are-not-imported': { file: 'lib/services/tests.ts', source: `import '#tests/support/target.ts'` },
  'no-cycles': { file: 'lib/services/back.ts', source: `import '#lib/services/cycle.ts'` },
  resolvable: { file: 'scripts/lost.ts', source: `import './nowhere.ts'` },
}

const TARGETS: Record<string, string> = {
  'lib/services/target.ts': 'export const target = () => {}',
  'lib/services/cycle.ts': `import '#lib/services/back.ts'`,
  'lib/api/target.ts': 'export type Api = string',
  'lib/db.ts': 'export const db = () => {}',
  'lib/generated/prisma/client.ts': 'export class PrismaClient {}; export type Row = string',
  'components/target.ts': 'export const target = 1',
  'tests/support/target.ts': 'export const target = 1',
}

/** What no rule may forbid: types cross borders, and each layer reaches the one below. */
const ALLOWED: Record<string, string> = {
  'components/person/types.ts': `import type { Api } from '#lib/api/target.ts'; export const api: Api | null = null`,
  'lib/client/types.ts': `import type { Api } from '#lib/api/target.ts'; export const api: Api | null = null`,
  'lib/worker/service.ts': `import { target } from '#lib/services/target.ts'; target()`,
  'lib/auth/session.ts': `import { db } from '#lib/db.ts'; db()`,
  'lib/services/query.ts': `import { db } from '#lib/db.ts'; db()`,
}

interface Violation {
  from: string
  rule: { name: string }
}

const folder = mkdtempSync(path.join(tmpdir(), 'exemplar-architecture-'))
let violations: Violation[] = []

beforeAll(async () => {
  const planted = Object.values(PLANTED).map(({ file, source }) => [file, source] as const)
  for (const [file, source] of [...planted, ...Object.entries(TARGETS), ...Object.entries(ALLOWED)]) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
    writeFileSync(path.join(folder, file), `${source}\n`)
  }
  for (const name of ['.dependency-cruiser.cjs', 'package.json']) cpSync(path.join(root, name), path.join(folder, name))
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  const cruiser = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
  const args = [
    cruiser,
    '--config',
    '.dependency-cruiser.cjs',
    '--preserve-symlinks',
    '--output-type',
    'json',
    'app',
    'components',
    'lib',
    'scripts',
    'tests',
  ]
  // It ends with the number of violations, which here is no failure.
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, maxBuffer: 1 << 26 }).catch((error) => error)
  violations = JSON.parse(stdout).summary.violations
}, 60_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(config.forbidden.map((rule) => rule.name))('the rule %s finds what breaks it', (name) => {
  const found = violations.filter((violation) => violation.rule.name === name).map((violation) => violation.from)
  expect(found).toContain(PLANTED[name]?.file)
})

test.each(Object.keys(ALLOWED))('%s breaks no rule', (file) => {
  expect(violations.filter((violation) => violation.from === file)).toEqual([])
})

/** Source files below the folders, their comments taken out. */
const sourcesBelow = (folders: string[]) =>
  folders.flatMap((name) =>
    readdirSync(path.join(root, name), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => ({
        file: path.join(name, file),
        source: readFileSync(path.join(root, name, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ''),
      })),
  )

test('what runs in browsers calls no randomUUID, which they have on secure origins only', () => {
  const sources = sourcesBelow(['components', 'lib/client', 'lib/domain', 'app'])
  expect(sources.length).toBeGreaterThan(200)
  expect(sources.filter(({ source }) => source.includes('randomUUID')).map(({ file }) => file)).toEqual([])
})
