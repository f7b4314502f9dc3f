import { readdir } from 'node:fs/promises'
import path from 'node:path'
import type { Artifact } from '#lib/adapters/training/backend.ts'
import { localBackend } from '#lib/adapters/training/local.ts'
import { db } from '#lib/db.ts'
import type { Prisma } from '#lib/generated/prisma/client.ts'
import { home } from '#lib/home.ts'
import { log } from '#lib/log.ts'
import { auditByWorker } from './audit.ts'
import { enqueue } from './queue.ts'
import { failRun, wakeNextRun } from './run-attempt.ts'
import { tidyRuns } from './run-files.ts'
import { readHandle } from './run-handle.ts'
import { latestAttempt, type RunSubject, runSubject } from './run-subject.ts'
import { type Tx, transact } from './transaction.ts'
import { transition } from './transition.ts'

/** A name no model of the project has yet. */
async function freeName(tx: Tx, projectId: string, wanted: string): Promise<string> {
  const taken = new Set(
    (await tx.model.findMany({ where: { projectId, name: { startsWith: wanted } }, select: { name: true } })).map((model) => model.name),
  )
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted} (${number})`
    if (!taken.has(name)) return name
  }
}

async function registerTuned(tx: Tx, run: RunSubject, attemptId: string, artifact: Artifact): Promise<string> {
  const present = await tx.model.findUnique({ where: { runId: run.id } })
  if (present) return present.id
  const base = await tx.model.findUniqueOrThrow({ where: { id: run.baseModelId } })
  const build = await tx.build.findUniqueOrThrow({ where: { id: run.buildId } })
  const isAdapter = artifact.kind === 'adapter'
  const { versions, device, metrics, steps, buildManifestHash } = artifact.result
  const model = await tx.model.create({
    data: {
      projectId: run.projectId,
      kind: 'tuned',
      name: await freeName(tx, run.projectId, run.name),
      path: isAdapter ? base.path : artifact.path,
      adapterPath: isAdapter ? artifact.path : null,
      baseModelId: base.id,
      runId: run.id,
      licence: base.licence,
      contentHash: artifact.contentHash,
      bytes: BigInt(artifact.bytes),
      details: {
        ...(base.details as Prisma.JsonObject),
        isBundled: false,
        lineage: {
          attemptId,
          buildId: build.id,
          buildContentHash: build.contentHash,
          buildManifestHash,
          snapshotId: build.snapshotId,
          baseContentHash: base.contentHash,
        },
        training: { versions, device, metrics, steps },
        files: artifact.files,
      } as Prisma.InputJsonValue,
    },
  })
  return model.id
}

/**
 * Worker job `run.finalize`: checks every file of the output against the hash the trainer saved, registers the tuned
 * model and only then calls the run succeeded. Repeated, it finds the model there.
 */
export async function finalizeRun({ runId }: { runId: string }): Promise<void> {
  const run = await runSubject(db, runId)
  const attempt = await latestAttempt(db, runId)
  if (!run || attempt?.state !== 'succeeded' || !['submitted', 'running', 'stopping'].includes(run.state)) return
  const handle = readHandle(attempt.handle) ?? (await localBackend.find(attempt.id))
  let artifact: Artifact
  try {
    if (!handle) throw new Error('the folder of the attempt is gone')
    artifact = await localBackend.artifacts(handle)
  } catch (error) {
    log.error({ err: error, runId }, 'the output of a run is not whole')
    await transact(async (tx) => {
      const locked = await runSubject(tx, runId, { lock: true })
      if (locked && ['submitted', 'running', 'stopping'].includes(locked.state)) {
        await failRun(tx, locked, 'output-damaged', (error as Error).message)
      }
    })
    return
  }
  await transact(async (tx) => {
    const locked = await runSubject(tx, runId, { lock: true })
    if (!locked || !['submitted', 'running', 'stopping'].includes(locked.state)) return
    const modelId = await registerTuned(tx, locked, attempt.id, artifact)
    await transition(tx, 'run', locked, 'succeeded', { endedAt: new Date() })
    await wakeNextRun(tx)
    await auditByWorker(tx, {
      projectId: locked.projectId,
      event: 'model.registered',
      job: 'run.finalize',
      action: 'model:manage',
      subjectId: modelId,
      data: { runId, contentHash: artifact.contentHash, bytes: artifact.bytes },
    })
  })
}

/** Asks trainings nobody knows any more (their project was deleted) to save and end; their folders are left to people. */
async function stopOrphans(): Promise<void> {
  const names = await readdir(home.runs).catch(() => [] as string[])
  const ids = names.filter((name) => /^[0-9a-f-]{36}$/.test(name))
  const known = new Set((await db.attempt.findMany({ where: { id: { in: ids } }, select: { id: true } })).map((attempt) => attempt.id))
  for (const id of ids.filter((name) => !known.has(name))) {
    const handle = await localBackend.find(id)
    if (!handle) continue
    const { phase } = await localBackend.observe(handle, { inode: 0, byteOffset: 0, seq: Number.MAX_SAFE_INTEGER })
    if (phase !== 'running') continue
    log.warn({ folder: path.join(home.runs, id) }, 'a training belongs to no run here; asking it to stop')
    await localBackend.stop(handle, 'checkpoint')
  }
}

const JOB_OF = {
  queued: 'run.submit',
  preparing: 'run.submit',
  submitted: 'run.reconcile',
  running: 'run.reconcile',
  stopping: 'run.reconcile',
} as const

/** Every half minute in the worker: whatever was dropped is picked up again, and ended runs are tidied. Repeated, it changes nothing. */
export async function sweepRuns(): Promise<void> {
  const runs = await db.run.findMany({ where: { state: { in: Object.keys(JOB_OF) } }, select: { id: true, state: true } })
  for (const run of runs) await transact((tx) => enqueue(tx, JOB_OF[run.state as keyof typeof JOB_OF], { runId: run.id }, { key: run.id }))
  await stopOrphans()
  await tidyRuns()
}
