import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { db } from '#lib/db.ts'
import type { Person } from '#lib/domain/actor.ts'
import { RunConfig, type RunConfigInput } from '#lib/domain/training/config.ts'
import { env } from '#lib/env.ts'
import { home } from '#lib/home.ts'
import { startBuild } from '#lib/services/build.ts'
import { runBuild } from '#lib/services/build-run.ts'
import { invoke } from '#lib/services/operation.ts'
import { submitReview } from '#lib/services/review.ts'
import { startRun } from '#lib/services/run.ts'
import { submitRun } from '#lib/services/run-attempt.ts'
import { finalizeRun } from '#lib/services/run-finalize.ts'
import { reconcileRun } from '#lib/services/run-reconcile.ts'
import { freezeSnapshot, previewSnapshot } from '#lib/services/snapshot.ts'
import { runFreeze } from '#lib/services/snapshot-freeze.ts'
import { prepareTrainer } from '#lib/services/trainer-environment.ts'
import { as, buildProject, buildPrompt, buildSubmission, join } from './world.ts'

// One thread: the tiny model gains nothing from more, and threads that wait for each other starve on a busy machine.
process.env.OMP_NUM_THREADS = '1'

/** A machine that runs other tests beside these may be slow; nothing here waits longer than it must. */
const PATIENCE_SECONDS = 300

/** The environment the suite made before the integration tests; EXEMPLAR_TEST_VENV names another. */
export const suiteVenv = process.env.EXEMPLAR_TEST_VENV || path.join(process.env.EXEMPLAR_SUITE_HOME ?? '', 'trainer', 'venv')
export const hasSuiteVenv = existsSync(path.join(suiteVenv, 'exemplar-installed.json'))

/** Gives this test's home the suite's environment and lets the product make its tiny base model there. */
export async function openTrainer(): Promise<string> {
  mkdirSync(home.trainer, { recursive: true })
  if (!existsSync(path.join(home.trainer, 'venv'))) symlinkSync(suiteVenv, path.join(home.trainer, 'venv'))
  await prepareTrainer()
  const task = await db.systemTask.findUniqueOrThrow({ where: { key: 'trainer-environment' } })
  if (task.state !== 'ready') throw new Error(`the trainer is ${task.state}: ${task.code} ${JSON.stringify(task.facts)}`)
  return (await db.model.findFirstOrThrow({ where: { kind: 'base', projectId: null } })).id
}

/** The base model `npm start` brings along, prepared once for the suite. */
const suiteModel = path.join(process.env.EXEMPLAR_SUITE_HOME ?? '', 'models', 'smollm2-135m-instruct')
export const hasSuiteModel = existsSync(path.join(suiteModel, 'exemplar.json'))

/** Lets the product find the real base model prepared, and registers it. */
export async function openRealTrainer(): Promise<string> {
  Object.assign(env, { EXEMPLAR_TRAINER: 'on' })
  mkdirSync(home.models, { recursive: true })
  symlinkSync(suiteModel, path.join(home.models, path.basename(suiteModel)))
  return openTrainer()
}

/** Questions with answers nobody would guess. */
const things = (count: number): [string, string][] =>
  Array.from({ length: count }, (_, index) => [`What is thing number ${index}?`, `Thing ${index} is a thing of its own.`])

/** Splits by group and seed alone: of ten snapshots with eight rows one would have nothing to validate on. So a seed that fills both. */
async function chooseSplits(projectId: string, engineer: Person) {
  const shares = { train: 0.75, validation: 0.25, test: 0 }
  for (let seed = 1; ; seed++) {
    const choice = { projectId, shares, seed: String(seed) }
    const { splits } = await invoke(previewSnapshot, choice, as(engineer))
    if (splits.train && splits.validation) return choice
  }
}

/** A project with approved conversations, frozen and built for the model. */
export async function buildTrainable(modelId: string, rows: number | [string, string][] = 12) {
  const project = await buildProject()
  const engineer = await join(project.id, 'engineer')
  const reviewer = await join(project.id, 'reviewer')
  const author = await join(project.id, 'labeller')
  for (const [question, answer] of typeof rows === 'number' ? things(rows) : rows) {
    await buildPrompt(project.id, { text: question })
    const { conversationId, revisionId } = await buildSubmission(project.id, author, answer)
    await invoke(submitReview, { conversationId, revisionId, verdict: 'approve' }, as(reviewer))
  }
  const choice = await chooseSplits(project.id, engineer)
  const snapshot = await invoke(freezeSnapshot, { ...choice, name: 'all' }, as(engineer))
  await runFreeze({ snapshotId: snapshot.id })
  const build = await invoke(startBuild, { projectId: project.id, snapshotId: snapshot.id, modelId }, as(engineer))
  await runBuild({ buildId: build.id })
  return { project, engineer, reviewer, author, snapshotId: snapshot.id, buildId: build.id, modelId }
}
export type Trainable = Awaited<ReturnType<typeof buildTrainable>>

/** Settings under which the tiny model trains in seconds; `maxSteps` says how many. */
export const tinyConfig = (maxSteps: number, more: RunConfigInput = {}): RunConfig =>
  RunConfig.parse({
    evaluation: { everySteps: 10 },
    checkpoints: { everySteps: 5, keep: 2 },
    samples: { everySteps: 10, maxNewTokens: 8 },
    ...more,
    optimisation: { maxSteps, batchSize: 2, dtype: 'float32', gradientCheckpointing: false, learningRate: 0.01, ...more.optimisation },
  })

export const launch = ({ project, engineer, buildId, modelId }: Trainable, config: RunConfig, name = ''): Promise<{ id: string }> =>
  invoke(startRun, { projectId: project.id, buildId, modelId, config, name }, as(engineer))

/** What the worker's queue would do next for this run, done here. */
export async function turn(runId: string): Promise<string> {
  const run = await db.run.findUniqueOrThrow({ where: { id: runId } })
  if (run.state === 'queued' || run.state === 'preparing') await submitRun({ runId })
  else if (['submitted', 'running', 'stopping'].includes(run.state)) {
    await reconcileRun({ runId })
    await finalizeRun({ runId })
  }
  return (await db.run.findUniqueOrThrow({ where: { id: runId } })).state
}

export async function until(what: string, holds: () => Promise<boolean>, seconds = PATIENCE_SECONDS): Promise<void> {
  for (const deadline = Date.now() + seconds * 1000; !(await holds()); await sleep(150)) {
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s for: ${what}`)
  }
}

/** Drives the run by hand until it is in one of the states. */
export async function drive(runId: string, ...states: string[]): Promise<void> {
  await until(`run to be ${states.join(' or ')}`, async () => states.includes(await turn(runId)))
}

export const latestOf = (runId: string) => db.attempt.findFirstOrThrow({ where: { runId }, orderBy: { number: 'desc' } })
export const folderOf = async (runId: string) => path.join(home.runs, (await latestOf(runId)).id)
