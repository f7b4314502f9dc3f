// The files of ended runs: what nobody can use any more goes by itself, the rest when a person says so.
import { z } from 'zod'
import type { Handle } from '#lib/adapters/training/backend.ts'
import { localBackend } from '#lib/adapters/training/local.ts'
import { db } from '#lib/db.ts'
import { refuse } from '#lib/domain/errors.ts'
import { readConfig } from '#lib/domain/training/config.ts'
import { canRemoveFiles } from '#lib/domain/training/control.ts'
import { operation, type Tx } from './operation.ts'
import { readHandle } from './run-handle.ts'
import { RunDetail, shapeDetail } from './run-shape.ts'
import { runSubject } from './run-subject.ts'

/** What the attempts of a run left, newest first. */
async function handlesOf(tx: Tx, runId: string): Promise<Handle[]> {
  const attempts = await tx.attempt.findMany({ where: { runId }, orderBy: { number: 'desc' }, select: { id: true, handle: true } })
  const found = await Promise.all(attempts.map(async (attempt) => readHandle(attempt.handle) ?? (await localBackend.find(attempt.id))))
  return found.filter((handle) => handle !== null)
}

/**
 * Brings every run that can no longer be resumed down to the newest checkpoints its settings keep, over all its attempts:
 * each attempt keeps that many while it may still be gone on from.
 */
export async function tidyRuns(): Promise<void> {
  const runs = await db.run.findMany({
    where: { state: { in: ['succeeded', 'cancelled'] }, tidiedAt: null, filesRemovedAt: null },
    select: { id: true, config: true },
    take: 100,
  })
  for (const { id, config } of runs) {
    await localBackend.cleanup(await handlesOf(db, id), { checkpoints: readConfig(config).checkpoints.keep, output: true })
    await db.run.update({ where: { id }, data: { tidiedAt: new Date() } })
  }
}

export const removeRunFiles = operation('run:remove', {
  name: 'removeRunFiles',
  route: {
    method: 'DELETE',
    path: '/runs/{runId}/files',
    summary: 'Delete the checkpoints and logs of an ended run from the disk',
    description:
      'Curves, sample answers, events and lineage stay, and so does the tuned model, which removeModel removes. A failed run whose files are gone starts over when it is resumed.',
    tags: ['runs'],
  },
  input: z.strictObject({ runId: z.uuid() }),
  output: RunDetail,
  subject: ({ tx, input }) => runSubject(tx, input.runId, { lock: true }),
  event: 'run.files-removed',
  run: async ({ tx, subject, note }) => {
    if (!canRemoveFiles(subject.state))
      refuse('illegal-transition', `The run is ${subject.state}. Cancel it first, then its files can go.`, { state: subject.state })
    const handles = await handlesOf(tx, subject.id)
    const isModelKept = (await tx.model.count({ where: { runId: subject.id } })) > 0
    note({ name: subject.name, attempts: handles.length, isModelKept })
    await tx.run.update({ where: { id: subject.id }, data: { filesRemovedAt: new Date() } })
    await localBackend.cleanup(handles, { checkpoints: null, output: isModelKept })
    return shapeDetail(tx, subject.id)
  },
})

export const runFileOperations = { removeRunFiles }
