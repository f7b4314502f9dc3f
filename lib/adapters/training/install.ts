import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { z } from 'zod'
import { Facts, type Finding, type TrainerCode, trainerCode } from '#lib/domain/training/finding.ts'
import { env } from '#lib/env.ts'
import { home } from '#lib/home.ts'
import { trainerPackage, trainerPython, trainerVariables } from './environment.ts'
import { capabilityFile, readCapability } from './machine.ts'

/** A line the set-up programs print: where they are, or why they stopped. */
const Line = z.union([
  z.looseObject({ stage: z.literal('failed'), code: z.string(), message: z.string(), facts: Facts.default({}) }),
  z.looseObject({ stage: z.string(), progress: z.number(), message: z.string() }),
])

/** Share done, 0 to 1, and what is being done. */
export type SetUpProgress = Finding<'trainer'> & { progress: number }

/** Set-up stopped; the code and its facts say why. */
export class SetUpFailed extends Error {
  override name = 'SetUpFailed'
  readonly finding: Finding<'trainer'>

  constructor(code: TrainerCode, facts: Facts) {
    super(`${code} ${JSON.stringify(facts)}`)
    this.finding = { code, facts }
  }
}

/** Runs a program to its end, passing on the progress it prints; everything it says is kept in the log file. */
async function runStage(
  program: string,
  programArguments: string[],
  logFile: string,
  onProgress: (step: SetUpProgress) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const log = await open(logFile, 'a')
  try {
    const child = spawn(program, programArguments, {
      cwd: trainerPackage(),
      env: trainerVariables(),
      stdio: ['ignore', 'pipe', log.fd],
      signal,
    }) as ChildProcessByStdio<null, Readable, null>
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    // An early failure must not be an unhandled rejection while lines are still read.
    ended.catch(() => undefined)
    let failure: SetUpFailed | null = null
    let said = ''
    for await (const text of createInterface({ input: child.stdout })) {
      await log.write(`${text}\n`)
      const line = parse(text)
      if (!line) said = text
      else if ('code' in line && line.stage === 'failed') failure = failureOf(line)
      else await onProgress({ progress: Number(line.progress), code: trainerCode(line.stage), facts: { detail: line.message } })
    }
    const code = await ended.catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') throw new SetUpFailed('python-missing', { program })
      throw error
    })
    if (failure) throw failure
    if (code !== 0) throw new SetUpFailed('program-failed', { program: path.basename(program), exitCode: code ?? '–', detail: said, log: logFile })
  } finally {
    await log.close()
  }
}

const failureOf = (line: { code?: unknown; message?: unknown; facts?: unknown }): SetUpFailed => {
  const code = trainerCode(String(line.code), 'unexpected')
  return new SetUpFailed(code, { detail: String(line.message), ...Facts.parse(line.facts) })
}

function parse(text: string): z.infer<typeof Line> | null {
  try {
    return Line.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

/** The base model this instance brings along: the real one, or the tiny one where only the pipe is to be proven. */
export const bundledModel = (): { name: string; folder: string; licence: string } =>
  env.EXEMPLAR_TRAINER === 'tiny'
    ? { name: 'Exemplar-Tiny-Random', folder: path.join(/* turbopackIgnore: true */ home.models, 'exemplar-tiny-random'), licence: 'Apache-2.0' }
    : { name: 'SmolLM2-135M-Instruct', folder: path.join(/* turbopackIgnore: true */ home.models, 'smollm2-135m-instruct'), licence: 'Apache-2.0' }

/** Share of the whole that the environment takes; the base model takes the rest. */
const ENVIRONMENT_SHARE = 0.8

/**
 * Makes the trainer's environment and the bundled base model, or sees that they are there. Interrupted anywhere, it can
 * be called again and goes on. `onProgress` gets the share done, 0 to 1.
 * @throws SetUpFailed with the reason and its cure.
 */
export async function setUpTrainer(onProgress: (step: SetUpProgress) => Promise<void>, signal: AbortSignal): Promise<void> {
  await mkdir(home.trainer, { recursive: true })
  await mkdir(home.models, { recursive: true })
  const logFile = path.join(home.trainer, 'setup.log')
  const venv = path.join(home.trainer, 'venv')
  await runStage(
    env.EXEMPLAR_PYTHON,
    ['install.py', '--venv', venv],
    logFile,
    (step) => onProgress({ ...step, progress: step.progress * ENVIRONMENT_SHARE }),
    signal,
  )
  if (!(await readCapability())) {
    await onProgress({ progress: ENVIRONMENT_SHARE, code: 'machine', facts: {} })
    await runStage(trainerPython(), ['-m', 'exemplar_trainer.machine', '--out', capabilityFile()], logFile, onProgress, signal)
  }
  // The tiny model is made anew every time it is asked for; builds of it must keep their model.
  if (existsSync(/* turbopackIgnore: true */ path.join(bundledModel().folder, 'exemplar.json'))) return
  const module = env.EXEMPLAR_TRAINER === 'tiny' ? 'exemplar_trainer.tiny_model' : 'exemplar_trainer.prepare_model'
  const onModel = (step: SetUpProgress) => onProgress({ ...step, progress: ENVIRONMENT_SHARE + step.progress * (1 - ENVIRONMENT_SHARE) })
  await runStage(trainerPython(), ['-m', module, '--out', bundledModel().folder], logFile, onModel, signal)
}
