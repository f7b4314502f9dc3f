// The stages that run tests.
import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { findChromium, INSTALL_CHROMIUM } from '../../tests/support/chromium.ts'
import { runScript } from '../start/command.ts'
import { withConnection, withDatabaseName } from '../start/migrate.ts'
import { checkStage } from './checks.ts'
import { readJunit, readPlaywright, readVitest, secretsInLogs, unansweredOperations } from './reports.ts'
import { type Context, failure, type Result, type Stage } from './stage.ts'
import { ensureBaseModel, lendTrainer, runPython } from './trainer.ts'

/** A runner that fails although every test it reports passed has found something else wrong. */
function judge(result: Result, code: number): Result {
  return code !== 0 && result.failed === 0 ? { ...result, failed: 1, reason: `the test runner ended with exit code ${code}` } : result
}

const vitestStage = (name: string, needs: Pick<Stage, 'needsTrainer'> = {}): Stage => ({
  name,
  ...needs,
  async run({ serverUrl, home, reports }) {
    const report = path.join(reports, `${name}.json`)
    const args = ['run', '--project', name, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const env = { EXEMPLAR_TEST_SERVER: serverUrl, EXEMPLAR_SUITE_HOME: home }
    const { code } = await runScript('node_modules/vitest/vitest.mjs', args, { env, show: true })
    return judge(readVitest(report), code)
  },
})

/** Integration, one test of it on the real base model, and that every operation of the API came to its end over HTTP at least once in it. */
const integration = vitestStage('integration', { needsTrainer: true })
const integrationStage: Stage = {
  ...integration,
  async run(context) {
    await ensureBaseModel(context.home)
    const result = await integration.run(context)
    const missing = unansweredOperations(path.join(context.reports, 'operations'))
    if (missing.length === 0) return { ...result, passed: result.passed + 1 }
    return { ...result, failed: result.failed + 1, reason: `over HTTP no test brings to its end: ${missing.join(', ')}` }
  },
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

const E2E_DATABASE = 'exemplar_e2e'

/** The browser tests run against the whole product in a fresh home and a fresh database, with the demo project. */
async function runBrowserTests({ serverUrl, home: suite, reports }: Context): Promise<Result> {
  if (!findChromium()) return failure(`the browser tests need Chromium; on Debian or Ubuntu install it with: ${INSTALL_CHROMIUM}`)
  const home = path.join(reports, 'e2e-home')
  rmSync(home, { recursive: true, force: true })
  lendTrainer(suite, home)
  await withConnection(serverUrl, (client) => client.query(`DROP DATABASE IF EXISTS "${E2E_DATABASE}" WITH (FORCE)`))
  const report = path.join(reports, 'e2e.json')
  const env = {
    EXEMPLAR_E2E_HOME: home,
    EXEMPLAR_E2E_PORT: String(await findFreePort()),
    DATABASE_URL: withDatabaseName(serverUrl, E2E_DATABASE),
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
  }
  const { code } = await runScript('node_modules/@playwright/test/cli.js', ['test', '--reporter=list,json'], { env, show: true })
  const result = judge(readPlaywright(report), code)
  // Everything people do has just been done: none of it may have left a password, token or key in the logs.
  const leaked = secretsInLogs(home)
  if (leaked.length === 0) return { ...result, passed: result.passed + 1 }
  return { ...result, failed: result.failed + 1, reason: leaked.join('; ') }
}

const PYTEST_ROOTS = ['trainer/tests', 'tests/python']

async function runTrainerTests({ home, reports }: Context): Promise<Result> {
  await ensureBaseModel(home)
  const report = path.join(reports, 'trainer.xml')
  const args = ['-m', 'pytest', '-c', 'trainer/pyproject.toml', '-rs', '--durations=5', `--junitxml=${report}`, ...PYTEST_ROOTS]
  const { code } = await runPython(home, args, { show: true })
  return judge(readJunit(report), code)
}

export const stages: Stage[] = [
  checkStage,
  vitestStage('unit'),
  integrationStage,
  { name: 'e2e', needsPages: true, needsTrainer: true, run: runBrowserTests },
  { ...vitestStage('recovery', { needsTrainer: true }), needsPages: true },
  { name: 'trainer', needsTrainer: true, run: runTrainerTests },
]
