import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, open, readFile, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import { contentHashOf, exists, readJsonFile, sha256OfFile, writeFileAtomically } from '#lib/adapters/files.ts'
import { runFile } from '#lib/domain/training/config.ts'
import type { Phase } from '#lib/domain/training/control.ts'
import type { EventCursor } from '#lib/domain/training/event.ts'
import { home } from '#lib/home.ts'
import type { Artifact, AttemptSpec, Handle, Kept, Observation, StopMode, TrainingBackend } from './backend.ts'
import { SubmitRefused } from './backend.ts'
import { hasTrainer, trainerPython, trainerVariables } from './environment.ts'
import { readEvents } from './events-file.ts'
import { machineFacts } from './machine.ts'
import { preflightChecks, type RunFacts } from './preflight.ts'
import { killProcess, livenessOf, ProcessIdentity } from './process.ts'
import { ExitFile, emptyRunFolder, FILES, listCheckpoints, newestCheckpoint, ResultFile, removeFromRuns } from './run-folder.ts'

/** How long a supervisor may take to say who it is, on a machine that is busy. */
const START_SECONDS = 60
const WAIT_STEP_MS = 50
const ATTEMPT_ID = /^[\w-]{1,64}$/

const folderOf = (attemptId: string): string => {
  if (!ATTEMPT_ID.test(attemptId)) throw new Error(`not an attempt id: ${attemptId}`)
  return path.join(/* turbopackIgnore: true */ home.runs, attemptId)
}

const hasStarted = async (directory: string): Promise<boolean> =>
  (await exists(path.join(directory, FILES.pid))) || (await exists(path.join(directory, FILES.exit)))

/** Runs the trainer on this machine, in a process of its own session that outlives web and worker. */
export const localBackend: TrainingBackend = {
  kind: 'local',

  preflight: async (facts: RunFacts) => preflightChecks(facts, await machineFacts()),

  async submit(spec: AttemptSpec): Promise<Handle> {
    if (!hasTrainer()) throw new SubmitRefused('trainer-missing')
    const directory = folderOf(spec.attemptId)
    await mkdir(directory, { recursive: true, mode: 0o700 })
    if (!(await hasStarted(directory))) {
      const file = runFile({ ...spec, basePath: spec.baseModelPath })
      await writeFileAtomically(path.join(directory, FILES.run), `${JSON.stringify(file, null, 2)}\n`)
      // Whoever else submits the same attempt now meets the supervisor's lock: one of the two starts, the other one leaves.
      await awaitStart(directory, await spawnSupervisor(directory))
    }
    return { directory, host: hostname(), submittedAt: new Date().toISOString() }
  },

  async find(attemptId: string): Promise<Handle | null> {
    const directory = folderOf(attemptId)
    if (!(await hasStarted(directory))) return null
    const { birthtime } = await stat(directory)
    return { directory, host: hostname(), submittedAt: birthtime.toISOString() }
  },

  async observe(handle: Handle, since: EventCursor): Promise<Observation> {
    const { directory } = handle
    // The state first: what it concludes then covers every event read after it.
    const state = await readState(handle)
    const read = await readEvents(path.join(directory, FILES.events), since)
    const [result, checkpoint, asked] = await Promise.all([
      readJsonFile(path.join(directory, FILES.result), ResultFile),
      newestCheckpoint(directory),
      readResumeFrom(directory),
    ])
    return { ...state, ...read, hasResult: result !== null, checkpoint, hasCheckpoint: checkpoint !== null || asked !== null }
  },

  async stop({ directory }: Handle, mode: StopMode): Promise<void> {
    if (await exists(path.join(directory, FILES.exit))) return
    if (mode !== 'kill') {
      await writeFileAtomically(path.join(directory, FILES.stop), `${mode}\n`)
      return
    }
    await killTrainer(directory)
  },

  newestCheckpoint: ({ directory }: Handle) => newestCheckpoint(directory),

  async artifacts({ directory }: Handle): Promise<Artifact> {
    const result = await readJsonFile(path.join(directory, FILES.result), ResultFile)
    if (!result) throw new Error(`${FILES.result} is missing or not readable in ${directory}`)
    const folder = path.join(directory, result.artifact.path)
    for (const file of result.artifact.files) {
      const actual = await sha256OfFile(path.join(folder, file.path)).catch(() => null)
      if (actual !== file.sha256)
        throw new Error(`${file.path} of the output is ${actual ? 'not the file the trainer saved (its hash differs)' : 'missing'}`)
    }
    const files = result.artifact.files.map(({ path: name, bytes, sha256 }) => ({ path: name, bytes, sha256 }))
    return {
      kind: result.artifact.kind,
      path: folder,
      bytes: files.reduce((sum, file) => sum + file.bytes, 0),
      contentHash: contentHashOf(files),
      files,
      result,
    }
  },

  async cleanup(handles: readonly Handle[], kept: Kept): Promise<void> {
    let left = kept.checkpoints ?? 0
    for (const { directory } of handles) {
      if (kept.checkpoints === null) {
        await emptyRunFolder(directory, kept.output ? FILES.output : null)
        continue
      }
      const checkpoints = await listCheckpoints(directory)
      for (const checkpoint of checkpoints.slice(left)) await removeFromRuns(checkpoint)
      left = Math.max(0, left - checkpoints.length)
    }
  },
}

/** The supervisor's own identity, and that of the trainer it watches once that was started. */
const PidFile = ProcessIdentity.extend({ child: ProcessIdentity.pick({ pid: true, startTime: true }).optional() })
const childOf = (pids: z.infer<typeof PidFile>): ProcessIdentity | null => (pids.child ? { ...pids, ...pids.child } : null)

/** The trainer first: its supervisor then still says how it ended. */
async function killTrainer(directory: string): Promise<void> {
  const pids = await readJsonFile(path.join(directory, FILES.pid), PidFile)
  const child = pids && childOf(pids)
  if (child) await killProcess(child)
  else if (pids) await killProcess(pids)
}

type State = { phase: Phase; native: string; exitCode: number | null }

const ended = (exit: z.infer<typeof ExitFile>): State => ({
  phase: 'exited',
  native: exit.signal ? `ended by ${exit.signal}` : `exit ${exit.exitCode}`,
  exitCode: exit.signal ? null : exit.exitCode,
})

/** exit.json wins over everything; then the processes themselves; a folder without either is still starting, or never did. */
async function readState({ directory, host, submittedAt }: Handle): Promise<State> {
  const readExit = () => readJsonFile(path.join(directory, FILES.exit), ExitFile)
  const exit = await readExit()
  if (exit) return ended(exit)
  const pids = await readJsonFile(path.join(directory, FILES.pid), PidFile)
  if (!pids) {
    if (host !== hostname()) return { phase: 'unknown', native: `started on ${host}`, exitCode: null }
    const isYoung = Date.now() - Date.parse(submittedAt) < START_SECONDS * 1000
    return isYoung ? { phase: 'submitted', native: 'starting', exitCode: null } : { phase: 'dead', native: 'never started', exitCode: null }
  }
  const liveness = await livenessOf(pids)
  if (liveness === 'alive') return { phase: 'running', native: `process ${pids.pid}`, exitCode: null }
  if (liveness === 'elsewhere') return { phase: 'unknown', native: `process ${pids.pid} on ${pids.host}`, exitCode: null }
  // Without its supervisor a trainer saves and leaves; until then a second attempt must not start beside it.
  const child = childOf(pids)
  if (child && (await livenessOf(child)) === 'alive')
    return { phase: 'running', native: `process ${child.pid}, without its supervisor`, exitCode: null }
  const late = await readExit()
  if (late) return ended(late)
  const result = await readJsonFile(path.join(directory, FILES.result), ResultFile)
  return result
    ? { phase: 'exited', native: 'finished without its supervisor', exitCode: 0 }
    : { phase: 'dead', native: 'process gone', exitCode: null }
}

async function readResumeFrom(directory: string): Promise<string | null> {
  const text = await readFile(path.join(directory, FILES.run), 'utf8').catch(() => null)
  const from = text ? (JSON.parse(text) as { resumeFrom?: unknown }).resumeFrom : null
  return typeof from === 'string' && (await exists(path.join(from, 'COMPLETE'))) ? from : null
}

async function spawnSupervisor(directory: string): Promise<ChildProcess> {
  const log = await open(path.join(directory, 'supervisor.log'), 'a')
  try {
    const child = spawn(
      trainerPython(),
      ['-m', 'exemplar_trainer.supervise', '--run-dir', directory, '--', '-m', 'exemplar_trainer.train', '--run-dir', directory],
      {
        cwd: directory,
        env: trainerVariables(),
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
      },
    )
    child.unref()
    return child
  } finally {
    await log.close()
  }
}

async function awaitStart(directory: string, child: ChildProcess): Promise<void> {
  let failure: Error | null = null
  child.once('error', (error) => {
    failure = error
  })
  const deadline = Date.now() + START_SECONDS * 1000
  while (Date.now() < deadline) {
    if (await hasStarted(directory)) return
    if (failure || child.exitCode !== null || child.signalCode !== null) {
      await sleep(WAIT_STEP_MS)
      if (await hasStarted(directory)) return
      const said = await readFile(path.join(directory, 'supervisor.log'), 'utf8').catch(() => '')
      const why = (failure as Error | null)?.message ?? (said.trim().split('\n').at(-1) || `it left with code ${child.exitCode}`)
      throw new SubmitRefused('start-failed', why)
    }
    await sleep(WAIT_STEP_MS)
  }
  // Not refused: a very slow machine. Observation waits on and finds it dead if it never comes.
}
