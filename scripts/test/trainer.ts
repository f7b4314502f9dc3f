// The trainer's Python environment, with the tools its tests need: made once, below the suite's home.
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { homeDirectory } from '#lib/env.ts'
import { runProgram } from '../start/command.ts'
import { say, secondsSince } from '../start/progress.ts'

export const suiteVenv = path.join(homeDirectory, 'trainer', 'venv')
export const suitePython = path.join(suiteVenv, 'bin', 'python')

let made: Promise<void> | undefined

async function make(): Promise<void> {
  mkdirSync(path.dirname(suiteVenv), { recursive: true })
  const start = performance.now()
  const { code, output } = await runProgram(process.env.EXEMPLAR_PYTHON || 'python3', ['trainer/install.py', '--venv', suiteVenv, '--dev'])
  if (code !== 0) throw new Error(`the trainer's packages could not be installed:\n${output}`)
  say(`  trainer environment ready (${secondsSince(start)})`)
}

export function ensureTrainer(): Promise<void> {
  made ??= make()
  return made
}

/** Lets a product with a home of its own use the suite's environment, so that it is installed once and not per home. */
export function lendTrainer(home: string): void {
  const place = path.join(home, 'trainer', 'venv')
  mkdirSync(path.dirname(place), { recursive: true })
  if (!existsSync(place)) symlinkSync(suiteVenv, place)
}
