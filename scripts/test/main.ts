// The second stage of `npm test`: runs the chosen stages one after another and adds up what they counted.
import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { homeDirectory } from '#lib/env.ts'
import { ensureBuilt } from '../start/build.ts'
import { say, secondsSince } from '../start/progress.ts'
import { openTestServer } from './server.ts'
import { type Context, failure, type Result, type Stage } from './stage.ts'
import { stages } from './stages.ts'
import { checkPython, ensureTrainer } from './trainer.ts'

function choose(names: string[]): Stage[] {
  const unknown = names.find((name) => !stages.some((stage) => stage.name === name))
  if (unknown) throw new Error(`There is no test stage "${unknown}". Stages: ${stages.map((stage) => stage.name).join(', ')}.`)
  return names.length === 0 ? stages : stages.filter((stage) => names.includes(stage.name))
}

async function runStage(stage: Stage, context: Context): Promise<Result> {
  const start = performance.now()
  say(`\n── ${stage.name} ──`)
  let result: Result
  try {
    if (stage.needsPages) await ensureBuilt({ pages: true })
    if (stage.needsTrainer) await ensureTrainer(context.home)
    result = await stage.run(context)
  } catch (error) {
    result = failure((error as Error).message)
  }
  if (result.passed + result.failed === 0) result = { ...result, failed: 1, reason: 'the stage ran no test' }
  if (result.reason) say(`  ${result.reason}`)
  const skipped = result.skipped > 0 ? `, ${result.skipped} skipped, which counts as failed` : ''
  say(`── ${stage.name}: ${result.passed} passed, ${result.failed} failed${skipped} (${secondsSince(start)})`)
  return result
}

export async function runStages(chosen: Stage[]): Promise<number> {
  const reports = path.join(homeDirectory, 'reports')
  rmSync(reports, { recursive: true, force: true })
  mkdirSync(reports, { recursive: true })
  if (chosen.some((stage) => stage.needsTrainer)) await checkPython()
  await ensureBuilt({ pages: false })
  const server = await openTestServer()
  const stop = () => server.stop().finally(() => process.exit(1))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop)
  try {
    const totals = { passed: 0, failed: 0 }
    for (const stage of chosen) {
      const result = await runStage(stage, { serverUrl: server.url, home: homeDirectory, reports })
      totals.passed += result.passed
      totals.failed += result.failed + result.skipped
    }
    say(`\n${totals.passed} passed, ${totals.failed} failed`)
    return totals.failed > 0 ? 1 : 0
  } finally {
    await server.stop()
  }
}

export const main = (names: string[]): Promise<number> => runStages(choose(names))
