// Worker side of a run, second half: reading what happened and bringing the run to what people want.
import { type Handle, type Observation, Transient } from '#lib/adapters/training/backend.ts'
import { localBackend } from '#lib/adapters/training/local.ts'
import { type Decision, decide, isLive } from '#lib/domain/training/control.ts'
import type { EventLine } from '#lib/domain/training/event.ts'
import { RUN_FAILURES, type RunFailureCode } from '#lib/domain/training/finding.ts'
import { advanceProgress, readProgress } from '#lib/domain/training/progress.ts'
import type { Prisma } from '#lib/generated/prisma/client.ts'
import { log } from '#lib/log.ts'
import { enqueue } from './queue.ts'
import { failRun, wakeNextRun } from './run-attempt.ts'
import { readCursor, readHandle } from './run-handle.ts'
import { type AttemptRow, latestAttempt, type RunSubject, runSubject, triesSincePerson } from './run-subject.ts'
import { type Tx, transact } from './transaction.ts'
import { transition } from './transition.ts'

const TICK_SECONDS = 2
/** After this a cancel becomes a kill, and a cancelled run that nobody here can see is let go. */
const CANCEL_PATIENCE_MS = 60_000
/** Chunks of events taken in one tick; a long backlog goes on in the next. */
const MAX_READS = 20
/** How long an observation vouches for a run; later its page says that nobody looks after it. */
const SUPERVISED_MS = 60_000

async function takeEvents(tx: Tx, run: RunSubject, attempt: AttemptRow, { events, cursor, native, phase }: Observation): Promise<void> {
  if (events.length > 0) {
    const rows = events.map(({ seq, type, at, step, payload }) => ({
      attemptId: attempt.id,
      seq,
      type,
      at,
      step,
      payload: payload as Prisma.InputJsonValue,
    }))
    await tx.runEvent.createMany({ data: rows, skipDuplicates: true })
  }
  await tx.attempt.update({ where: { id: attempt.id }, data: { cursor, supervisedUntil: new Date(Date.now() + SUPERVISED_MS) } })
  const note = phase === 'unknown' ? native : null
  const before = readProgress(run.latest)
  if (events.length > 0 || before?.note !== note || before?.attempt !== attempt.number) {
    await tx.run.update({ where: { id: run.id }, data: { latest: { ...advanceProgress(before, attempt.number, events), note } } })
  }
}

const lastWord = (events: readonly EventLine[]): string | null => {
  const end = events.findLast((event) => event.type === 'end')
  return typeof end?.payload.reason === 'string' ? end.payload.reason : null
}

/** Why the run failed, and the trainer's own last word on it. */
async function failureOf(tx: Tx, attemptId: string, reason: string): Promise<{ code: RunFailureCode; detail: string | null }> {
  const row = await tx.runEvent.findFirst({ where: { attemptId, type: 'end' }, orderBy: { seq: 'desc' } })
  const said = (row?.payload as { reason?: unknown } | null)?.reason
  const code = RUN_FAILURES.find((known) => known === reason) ?? 'crashed'
  return { code, detail: typeof said === 'string' && code !== 'lost-too-often' ? said : null }
}

async function applyDecision(tx: Tx, run: RunSubject, attempt: AttemptRow, decision: Decision, seen: Observation): Promise<void> {
  const now = new Date()
  if (decision.attempt) {
    const patch = isLive(decision.attempt) ? {} : { endedAt: now, exitCode: seen.exitCode, reason: decision.reason ?? lastWord(seen.events) }
    await transition(tx, 'attempt', attempt, decision.attempt, patch)
  }
  switch (decision.run) {
    case null:
      return
    case 'running':
      if (run.state === 'submitted') await transition(tx, 'run', run, 'running')
      return
    case 'finalize':
      await enqueue(tx, 'run.finalize', { runId: run.id }, { key: run.id })
      return
    case 'queued':
      await transition(tx, 'run', run, 'queued')
      await enqueue(tx, 'run.submit', { runId: run.id }, { key: run.id })
      return
    case 'failed': {
      const { code, detail } = await failureOf(tx, attempt.id, decision.reason ?? 'crashed')
      await failRun(tx, run, code, detail)
      return
    }
    default:
      await transition(tx, 'run', run, decision.run, { endedAt: now })
      await wakeNextRun(tx)
  }
}

type Tick = 'again' | 'over'

/** Takes one observation into the database. Two workers that saw the same thing: the second finds the cursor moved and leaves. */
export async function takeObservation(runId: string, attemptId: string, since: unknown, seen: Observation): Promise<Tick> {
  return transact(async (tx) => {
    const run = await runSubject(tx, runId, { lock: true })
    const attempt = await latestAttempt(tx, runId)
    if (!run || attempt?.id !== attemptId || !['submitted', 'running', 'stopping'].includes(run.state)) return 'over'
    if (!isLive(attempt.state)) {
      // Its output still has to be registered, or a person may already have gone on.
      if (attempt.state === 'succeeded') await enqueue(tx, 'run.finalize', { runId }, { key: runId })
      return 'over'
    }
    if (JSON.stringify(readCursor(attempt.cursor)) !== JSON.stringify(readCursor(since))) return 'again'
    await takeEvents(tx, run, attempt, seen)
    if (seen.more) return 'again'
    const decision = decide(attempt.state, run.desired, await triesSincePerson(tx, runId), seen)
    await applyDecision(tx, run, attempt, decision, seen)
    return decision.attempt === null || isLive(decision.attempt) ? 'again' : 'over'
  })
}

/** Passes a wanted stop on, once more each time: a stop file is the same however often it is written. */
async function enforceStop(run: RunSubject, attempt: AttemptRow, handle: Handle): Promise<{ isOverdue: boolean }> {
  if (run.desired === 'run') return { isOverdue: false }
  const askedAt = handle.stopAskedAt ?? new Date().toISOString()
  const isOverdue = Date.now() - Date.parse(askedAt) > CANCEL_PATIENCE_MS
  if (!handle.stopAskedAt) {
    await transact(async (tx) => {
      const fresh = await runSubject(tx, run.id, { lock: true })
      const current = await latestAttempt(tx, run.id)
      if (!fresh || current?.id !== attempt.id) return
      await tx.attempt.update({ where: { id: attempt.id }, data: { handle: { ...handle, stopAskedAt: askedAt } } })
      if (current.state === 'submitted' || current.state === 'running') await transition(tx, 'attempt', current, 'stopping')
      if (fresh.state === 'submitted' || fresh.state === 'running') await transition(tx, 'run', fresh, 'stopping')
    })
  }
  await localBackend.stop(handle, run.desired === 'pause' ? 'checkpoint' : isOverdue ? 'kill' : 'cancel')
  return { isOverdue }
}

async function tick(runId: string): Promise<Tick> {
  const { run, attempt } = await transact(async (tx) => ({ run: await runSubject(tx, runId), attempt: await latestAttempt(tx, runId) }))
  if (!run || !attempt || !['submitted', 'running', 'stopping'].includes(run.state)) return 'over'
  const handle = readHandle(attempt.handle) ?? (await localBackend.find(attempt.id))
  if (!handle) throw new Error(`run ${runId} was submitted but its attempt ${attempt.id} left nothing`)
  const { isOverdue } = isLive(attempt.state) ? await enforceStop(run, attempt, handle) : { isOverdue: false }
  let since = attempt.cursor
  for (let read = 0; read < MAX_READS; read++) {
    const seen = await localBackend.observe(handle, readCursor(since))
    if (seen.skippedLines > 0) log.warn({ runId, attemptId: attempt.id, lines: seen.skippedLines }, 'lines of the event log were no events')
    const result = await takeObservation(runId, attempt.id, since, { ...seen, isStopOverdue: isOverdue })
    if (result === 'over' || !seen.more) return result
    since = seen.cursor
  }
  return 'again'
}

/** Worker job `run.reconcile`: one short look at the run, armed again while it lives. It keeps nothing in memory. */
export async function reconcileRun({ runId }: { runId: string }): Promise<void> {
  let result: Tick = 'again'
  try {
    result = await tick(runId)
  } catch (error) {
    // A failing look changes nothing: the training goes on, and so does looking.
    if (!(error instanceof Transient)) log.error({ err: error, runId }, 'the run could not be looked at')
  }
  if (result === 'again') await transact((tx) => enqueue(tx, 'run.reconcile', { runId }, { key: runId, startAfterSeconds: TICK_SECONDS }))
}
