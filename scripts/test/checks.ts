// The static checks. They run at once; only failures speak.
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { type Finished, projectRoot, runPrisma, runScript } from '../start/command.ts'
import { withDatabaseName } from '../start/migrate.ts'
import { say, secondsSince } from '../start/progress.ts'
import type { Context, Result, Stage } from './stage.ts'

interface Check {
  name: string
  run(context: Context): Promise<Finished>
}

const inModules =
  (script: string, ...args: string[]) =>
  () =>
    runScript(`node_modules/${script}`, args)

/** Compares what the migrations make with what the schema says, on a throw-away database of the server. */
const drift = ({ serverUrl }: Context) =>
  runPrisma(
    ['migrate', 'diff', '--from-migrations', 'prisma/migrations', '--to-schema', 'prisma/schema', '--exit-code'],
    withDatabaseName(serverUrl, 'postgres'),
  )

const ARCHITECTURE_ROOTS = ['app', 'components', 'lib', 'prisma', 'scripts', 'tests', 'proxy.ts']

const checks: Check[] = [
  // From the start each time: the cache does not see that a text of messages/en.json is gone.
  { name: 'types', run: inModules('typescript/bin/tsc', '--noEmit', '--incremental', 'false') },
  { name: 'lint and format', run: inModules('@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '--max-diagnostics=60') },
  {
    name: 'who imports whom',
    run: inModules('dependency-cruiser/bin/dependency-cruiser.mjs', '--config', '.dependency-cruiser.cjs', ...ARCHITECTURE_ROOTS),
  },
  { name: 'dead code', run: inModules('knip/bin/knip.js') },
  { name: 'database schema', run: () => runPrisma(['validate']) },
  { name: 'migrations match schema', run: drift },
  { name: 'lock file', run: () => runScript('scripts/lock-fill.mjs', ['--check']) },
  { name: 'documentation of settings', run: () => runScript('scripts/configuration.mjs', ['--check']) },
]

/** Further checks are scripts called `<what>-check`. */
function scriptChecks(): Check[] {
  const names = readdirSync(path.join(projectRoot, 'scripts')).filter((name) => /-check\.(mjs|ts)$/.test(name))
  return names.map((name) => ({ name: name.replace(/-check\.\w+$/, ''), run: () => runScript(`scripts/${name}`, []) }))
}

async function runOne(check: Check, context: Context): Promise<boolean> {
  const start = performance.now()
  const { code, output } = await check.run(context)
  if (code === 0) return true
  say(`  ${check.name} failed (${secondsSince(start)}):\n${output.replace(/^/gm, '    ')}`)
  return false
}

async function runChecks(context: Context): Promise<Result> {
  const queue = [...checks, ...scriptChecks()]
  const result: Result = { passed: 0, failed: 0, skipped: 0 }
  const work = async () => {
    for (let check = queue.shift(); check; check = queue.shift()) {
      if (await runOne(check, context)) result.passed++
      else result.failed++
    }
  }
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, work))
  return result
}

export const checkStage: Stage = { name: 'checks', run: runChecks }
