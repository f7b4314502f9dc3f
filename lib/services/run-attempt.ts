// Worker side of a run, first half: making an attempt and starting it.

import { buildDirectory } from '#lib/adapters/artifacts/store.ts'
import { SubmitRefused } from '#lib/adapters/training/backend.ts'
import { localBackend } from '#lib/adapters/training/local.ts'
import { refuse } from '#lib/domain/errors.ts'
import { readConfig } from '#lib/domain/training/config.ts'
import type { RunFailureCode } from '#lib/domain/training/finding.ts'
import { log } from '#lib/log.ts'
import { enqueue } from './queue.ts'
import { readHandle } from './run-handle.ts'
import { type AttemptRow, latestAttempt, type RunSubject, runSubject } from './run-subject.ts'
import { type Tx, transact } from './transaction.ts'
import { transition } from './transition.ts'

/** States in which a run holds the machine. One local training at a time: a second one would only slow both. */
const HOLDING = ['preparing', 'submitted', 'running', 'stopping']
/** Advisory lock under which the machine is given away, in this database only. */
const SLOT_LOCK = 7_301_001

/** Ends a run that cannot go on, with the reason people read; `detail` is what the trainer itself said. */
export async function failRun(tx: Tx, run: RunSubject, code: RunFailureCode, detail: string | null): Promise<void> {
  await transition(tx, 'run', run, 'failed', { failure: { code, detail }, endedAt: new Date() })
  await wakeNextRun(tx)
}

/** The machine is free: whoever waits longest is next. */
export async function wakeNextRun(tx: Tx): Promise<void> {
  const next = await tx.run.findFirst({ where: { state: 'queued' }, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }], select: { id: true } })
  if (next) await enqueue(tx, 'run.submit', { runId: next.id }, { key: next.id })
}

async function mayHoldMachine(tx: Tx, run: RunSubject): Promise<boolean> {
  await tx.$queryRaw`SELECT 1 FROM (SELECT pg_advisory_xact_lock(${SLOT_LOCK})) AS taken`
  const others = await tx.run.count({
    where: { id: { not: run.id }, OR: [{ state: { in: HOLDING } }, { state: 'queued', createdAt: { lt: run.createdAt } }] },
  })
  return others === 0
}

async function findCheckpoint(tx: Tx, runId: string): Promise<string | null> {
  const attempts = await tx.attempt.findMany({ where: { runId }, orderBy: { number: 'desc' } })
  for (const attempt of attempts) {
    const handle = readHandle(attempt.handle) ?? (await localBackend.find(attempt.id))
    const found = handle && (await localBackend.newestCheckpoint(handle))
    if (found) return found
  }
  return null
}

/** Writes the attempt down before anything is started: what was begun can then always be found. */
async function makeAttempt(tx: Tx, run: RunSubject): Promise<AttemptRow> {
  const last = await latestAttempt(tx, run.id)
  // A loss that recovery answers is the one ending whose reason is its own name.
  const isRecovery = last !== null && (last.state === 'lost' || last.state === 'preempted') && last.reason === last.state
  const origin = last === null ? 'start' : isRecovery ? 'recovery' : 'resume'
  const attempt = await tx.attempt.create({
    data: { runId: run.id, number: (last?.number ?? 0) + 1, origin, resumeFrom: await findCheckpoint(tx, run.id) },
  })
  return { ...attempt, state: 'submitted' }
}

/** The attempt to start, or null when there is nothing to do now. */
async function takeTurn(tx: Tx, runId: string): Promise<{ run: RunSubject; attempt: AttemptRow } | null> {
  const run = await runSubject(tx, runId, { lock: true })
  if (!run) return null
  if (run.state === 'queued') {
    if (!(await mayHoldMachine(tx, run))) return null
    const attempt = await makeAttempt(tx, run)
    await transition(tx, 'run', run, 'preparing', { failure: null, endedAt: null })
    return { run: { ...run, state: 'preparing', version: run.version + 1 }, attempt }
  }
  const attempt = await latestAttempt(tx, runId)
  // A worker died between writing the attempt down and starting it, or between starting it and saying so.
  if (run.state === 'preparing' && attempt) return { run, attempt }
  if (HOLDING.includes(run.state)) await enqueue(tx, 'run.reconcile', { runId }, { key: runId })
  return null
}

/** A stop that came before the start. */
async function stopBeforeStart(tx: Tx, run: RunSubject, attempt: AttemptRow): Promise<void> {
  const to = run.desired === 'cancel' ? 'cancelled' : 'paused'
  await transition(tx, 'attempt', attempt, to, { endedAt: new Date(), reason: 'stopped-before-start' })
  await transition(tx, 'run', run, to, { endedAt: new Date() })
  await wakeNextRun(tx)
}

async function specOf(tx: Tx, run: RunSubject, attempt: AttemptRow) {
  const build = await tx.build.findUniqueOrThrow({ where: { id: run.buildId } })
  const model = await tx.model.findUniqueOrThrow({ where: { id: run.baseModelId } })
  const baseModelPath = model.path ?? refuse('model-not-ready', 'The base model has no folder here.')
  return {
    runId: run.id,
    attemptId: attempt.id,
    config: readConfig(run.config),
    baseModelPath,
    buildPath: buildDirectory(build.id),
    resumeFrom: attempt.resumeFrom,
  }
}

/**
 * Worker job `run.submit`: gives the run its attempt and starts the trainer. Repeated at any point it starts nothing
 * twice: the attempt's id names its folder, and the folder's lock admits one trainer.
 */
export async function submitRun({ runId }: { runId: string }): Promise<void> {
  const turn = await transact(async (tx) => {
    const taken = await takeTurn(tx, runId)
    if (taken && taken.run.desired !== 'run' && !(await localBackend.find(taken.attempt.id))) {
      await stopBeforeStart(tx, taken.run, taken.attempt)
      return null
    }
    return taken && { ...taken, spec: await specOf(tx, taken.run, taken.attempt) }
  })
  if (!turn) return
  try {
    const handle = (await localBackend.find(turn.attempt.id)) ?? (await localBackend.submit(turn.spec))
    await transact(async (tx) => {
      const run = await runSubject(tx, runId, { lock: true })
      if (run?.state !== 'preparing') return
      await tx.attempt.update({ where: { id: turn.attempt.id }, data: { handle } })
      await transition(tx, 'run', run, 'submitted', { startedAt: run.startedAt ?? new Date() })
      await enqueue(tx, 'run.reconcile', { runId }, { key: runId })
    })
  } catch (error) {
    if (!(error instanceof SubmitRefused)) throw error
    log.warn({ err: error, runId }, 'the trainer could not be started')
    await transact(async (tx) => {
      const run = await runSubject(tx, runId, { lock: true })
      const attempt = await latestAttempt(tx, runId)
      if (run?.state !== 'preparing' || attempt?.id !== turn.attempt.id) return
      await transition(tx, 'attempt', attempt, 'failed', { endedAt: new Date(), reason: 'not-started' })
      await failRun(tx, run, error.code, error.message || null)
    })
  }
}
