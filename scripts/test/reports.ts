// Reads the numbers out of the reports that the test runners write.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Result } from './stage.ts'

const NO_REPORT: Result = { passed: 0, failed: 1, skipped: 0, reason: 'the test runner wrote no report' }

function readJson<Report>(file: string): Report | null {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Report) : null
}

interface VitestReport {
  success: boolean
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
}

/** A test file that cannot even be loaded fails the run without a failed test: it counts as one. */
export function readVitest(file: string): Result {
  const report = readJson<VitestReport>(file)
  if (!report) return NO_REPORT
  const failed = Math.max(report.numFailedTests, report.success ? 0 : 1)
  return { passed: report.numPassedTests, failed, skipped: report.numPendingTests + report.numTodoTests }
}

interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number }
  errors: unknown[]
}

/** A test that passed only in a second try counts as failed. */
export function readPlaywright(file: string): Result {
  const report = readJson<PlaywrightReport>(file)
  if (!report) return NO_REPORT
  const { expected, unexpected, flaky, skipped } = report.stats
  return { passed: expected, failed: unexpected + flaky + report.errors.length, skipped }
}

export function readJunit(file: string): Result {
  if (!existsSync(file)) return NO_REPORT
  const head = /<testsuite\b[^>]*>/.exec(readFileSync(file, 'utf8'))?.[0] ?? ''
  const number = (name: string) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(head)?.[1] ?? 0)
  const failed = number('failures') + number('errors')
  return { passed: number('tests') - failed - number('skipped'), failed, skipped: number('skipped') }
}

/** Operations of the API that no test brought to their end over HTTP, by what each test file left in `folder`. */
export function unansweredOperations(folder: string): string[] {
  const contract = readJson<Record<string, unknown>>('lib/generated/contract.json')
  if (!contract) throw new Error('lib/generated/contract.json is missing')
  const files = existsSync(folder) ? readdirSync(folder) : []
  const answered = new Set(files.flatMap((file) => readJson<string[]>(path.join(folder, file)) ?? []))
  return Object.keys(contract).filter((name) => !answered.has(name))
}

/** What an API token, a sealed credential's key or a session cookie looks like wherever it stands. */
const SECRET_SHAPES = [/exm_[\w-]{20,}/, /next-auth\.session-token=[\w.-]+/, /"(?:password|token|secret)":"(?!\[removed\])/i]

/** Every text value in a JSON file, as deep as it lies. */
const textsOf = (value: unknown): string[] =>
  typeof value === 'string' ? [value] : value && typeof value === 'object' ? Object.values(value).flatMap(textsOf) : []

/** Log files of a home that hold one of its secrets or something of a secret's shape, with what it is. */
export function secretsInLogs(home: string): string[] {
  const demo = readJson<{ accounts: { email: string; password: string }[] }>(path.join(home, 'demo.json'))
  const known = [
    ...(demo?.accounts ?? []).map(({ email, password }) => ({ what: `the password of ${email}`, text: password })),
    ...textsOf(readJson(path.join(home, 'secrets.json'))).map((text) => ({ what: 'a secret of secrets.json', text })),
  ]
  const folder = path.join(home, 'logs')
  const files = existsSync(folder) ? readdirSync(folder) : []
  if (files.length === 0 || known.length === 0) throw new Error(`${home} has no logs or no secrets to look for`)
  return files.flatMap((file) => {
    const log = readFileSync(path.join(folder, file), 'utf8')
    const found = known.filter(({ text }) => log.includes(text)).map(({ what }) => `${file} holds ${what}`)
    const shaped = SECRET_SHAPES.filter((shape) => shape.test(log)).map((shape) => `${file} holds something like ${shape}`)
    return [...found, ...shaped]
  })
}
