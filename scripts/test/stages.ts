// The stages that run tests.
import { mkdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { findChromium, INSTALL_CHROMIUM } from '../../tests/support/chromium.ts'
import { projectRoot, runProgram, runScript } from '../start/command.ts'
import { withConnection, withDatabaseName } from '../start/migrate.ts'
import { say, secondsSince } from '../start/progress.ts'
import { checkStage } from './checks.ts'
import { readJunit, readPlaywright, readVitest } from './reports.ts'
import { type Context, failure, type Result, type Stage } from './stage.ts'

/** A runner that fails although every test it reports passed has found something else wrong. */
function judge(result: Result, code: number): Result {
  return code !== 0 && result.failed === 0 ? { ...result, failed: 1, reason: `the test runner ended with exit code ${code}` } : result
}

const vitestStage = (name: string): Stage => ({
  name,
  async run({ serverUrl, reports }) {
    const report = path.join(reports, `${name}.json`)
    const args = ['run', '--project', name, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const { code } = await runScript('node_modules/vitest/vitest.mjs', args, { env: { EXEMPLAR_TEST_SERVER: serverUrl }, show: true })
    return judge(readVitest(report), code)
  },
})

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
async function runBrowserTests({ serverUrl, reports }: Context): Promise<Result> {
  if (!findChromium()) return failure(`the browser tests need Chromium; on Debian or Ubuntu install it with: ${INSTALL_CHROMIUM}`)
  const home = path.join(reports, 'e2e-home')
  rmSync(home, { recursive: true, force: true })
  await withConnection(serverUrl, (client) => client.query(`DROP DATABASE IF EXISTS "${E2E_DATABASE}" WITH (FORCE)`))
  const report = path.join(reports, 'e2e.json')
  const env = {
    EXEMPLAR_E2E_HOME: home,
    EXEMPLAR_E2E_PORT: String(await findFreePort()),
    DATABASE_URL: withDatabaseName(serverUrl, E2E_DATABASE),
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
  }
  const { code } = await runScript('node_modules/@playwright/test/cli.js', ['test', '--reporter=list,json'], { env, show: true })
  return judge(readPlaywright(report), code)
}

const PYTEST_ROOTS = ['trainer/tests']

async function runTrainerTests({ reports }: Context): Promise<Result> {
  const python = process.env.EXEMPLAR_PYTHON || 'python3'
  const venv = path.resolve(projectRoot, process.env.EXEMPLAR_HOME || '.exemplar/test', 'trainer', 'venv')
  mkdirSync(path.dirname(venv), { recursive: true })
  const start = performance.now()
  const installed = await runProgram(python, ['trainer/install.py', '--venv', venv])
  if (installed.code !== 0) return failure(`the trainer's packages could not be installed:\n${installed.output}`)
  say(`  trainer environment ready (${secondsSince(start)})`)
  const report = path.join(reports, 'trainer.xml')
  const bin = path.join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  const { code } = await runProgram(bin, ['-m', 'pytest', '-q', `--junitxml=${report}`, ...PYTEST_ROOTS], { show: true })
  return judge(readJunit(report), code)
}

export const stages: Stage[] = [
  checkStage,
  vitestStage('unit'),
  vitestStage('integration'),
  { name: 'e2e', needsPages: true, run: runBrowserTests },
  { ...vitestStage('recovery'), needsPages: true },
  { name: 'trainer', run: runTrainerTests },
]
