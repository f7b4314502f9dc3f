import { z } from 'zod'
import { creatorOf } from '#lib/domain/actor.ts'
import { refuse } from '#lib/domain/errors.ts'
import { RunConfig } from '#lib/domain/training/config.ts'
import { canResume, canStop } from '#lib/domain/training/control.ts'
import { operation, type Tx } from './operation.ts'
import { enqueue } from './queue.ts'
import { wakeNextRun } from './run-attempt.ts'
import { checkRun, heldOutPrompts } from './run-preflight.ts'
import { RunDetail, shapeDetail } from './run-shape.ts'
import { type RunSubject, runSubject } from './run-subject.ts'
import { projectSubject } from './subject.ts'
import { transition } from './transition.ts'

const Name = z.string().trim().max(120)

/** Without prompts of its own a run answers some the model has not trained on: a curve alone shows no change. */
async function withSamples(tx: Tx, buildId: string, config: RunConfig): Promise<RunConfig> {
  if (config.samples.prompts.length > 0) return config
  const { snapshotId } = await tx.build.findUniqueOrThrow({ where: { id: buildId }, select: { snapshotId: true } })
  return { ...config, samples: { ...config.samples, prompts: await heldOutPrompts(tx, snapshotId) } }
}

export const startRun = operation('run:start', {
  name: 'startRun',
  route: {
    method: 'POST',
    path: '/projects/{projectId}/runs',
    summary: 'Fine-tune a model on a ready build, on this machine',
    description:
      'Refused as preflight-failed, with every check, when it could not work. Answers at once with the run in state queued. Without sample prompts some held-out ones are taken.',
    tags: ['runs'],
    successStatus: 201,
  },
  input: z.strictObject({
    projectId: z.uuid(),
    buildId: z.uuid(),
    modelId: z.uuid(),
    name: Name.default(''),
    config: RunConfig.prefault({}),
    parentRunId: z.uuid().nullable().default(null),
  }),
  output: RunDetail,
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  event: 'run.started',
  run: async ({ tx, input, actor, subject, note }) => {
    if (input.parentRunId && !(await tx.run.findFirst({ where: { id: input.parentRunId, projectId: subject.id }, select: { id: true } }))) {
      refuse('not-found', 'There is no such parent run in this project.')
    }
    const { checks, steps } = await checkRun(tx, { ...input, projectId: subject.id })
    const errors = checks.filter((check) => check.level === 'error')
    if (errors.length > 0) refuse('preflight-failed', errors.map((check) => `${check.message} ${check.cure}`.trim()).join(' '), { checks })
    const number = (await tx.run.count({ where: { projectId: subject.id } })) + 1
    const run = await tx.run.create({
      data: {
        projectId: subject.id,
        name: input.name || `run ${number}`,
        buildId: input.buildId,
        baseModelId: input.modelId,
        parentRunId: input.parentRunId,
        config: await withSamples(tx, input.buildId, input.config),
        createdById: creatorOf(actor),
      },
    })
    // The intent is saved before anything is started: what was begun can always be found.
    await transition(tx, 'run', run, 'queued')
    await enqueue(tx, 'run.submit', { runId: run.id }, { key: run.id })
    note({ runId: run.id, buildId: input.buildId, modelId: input.modelId, steps })
    return shapeDetail(tx, run.id)
  },
})

const ById = z.strictObject({ runId: z.uuid() })

async function stopIdle(tx: Tx, run: RunSubject, desired: 'pause' | 'cancel'): Promise<void> {
  await transition(tx, 'run', run, desired === 'cancel' ? 'cancelled' : 'paused', { desired, endedAt: new Date() })
  await wakeNextRun(tx)
}

export const stopRun = operation('run:stop', {
  name: 'stopRun',
  route: {
    method: 'POST',
    path: '/runs/{runId}/stop',
    summary: 'Stop a run: keep a checkpoint to resume from, or cancel it',
    description: 'The run is stopping until the trainer has saved and left. Asking again changes nothing; cancel after checkpoint is possible.',
    tags: ['runs'],
  },
  input: ById.extend({ mode: z.enum(['checkpoint', 'cancel']).default('checkpoint') }),
  output: RunDetail,
  subject: ({ tx, input }) => runSubject(tx, input.runId, { lock: true }),
  event: 'run.stop-requested',
  run: async ({ tx, input, subject, note }) => {
    const { state } = subject
    const desired = input.mode === 'cancel' ? 'cancel' : 'pause'
    if (!canStop(state) || (state === 'paused' && desired === 'pause'))
      refuse('illegal-transition', `The run is ${state}; there is nothing to stop.`, { state })
    note({ mode: input.mode })
    if (state === 'queued' || state === 'paused') await stopIdle(tx, subject, desired)
    // A cancel is final; asking to keep a checkpoint afterwards does not take it back.
    else if (subject.desired !== 'cancel') {
      if (state === 'submitted' || state === 'running') await transition(tx, 'run', subject, 'stopping', { desired })
      else await tx.run.update({ where: { id: subject.id }, data: { desired } })
      await enqueue(tx, 'run.reconcile', { runId: subject.id }, { key: subject.id })
    }
    return shapeDetail(tx, subject.id)
  },
})

export const resumeRun = operation('run:start', {
  name: 'resumeRun',
  route: { method: 'POST', path: '/runs/{runId}/resumption', summary: 'Go on from the newest whole checkpoint', tags: ['runs'] },
  input: ById,
  output: RunDetail,
  subject: ({ tx, input }) => runSubject(tx, input.runId, { lock: true }),
  event: 'run.resumed',
  run: async ({ tx, subject }) => {
    const { state } = subject
    if (!canResume(state)) refuse('illegal-transition', `The run is ${state}; only a paused or failed one is resumed.`, { state })
    await transition(tx, 'run', subject, 'queued', { desired: 'run', endedAt: null, filesRemovedAt: null })
    await enqueue(tx, 'run.submit', { runId: subject.id }, { key: subject.id })
    return shapeDetail(tx, subject.id)
  },
})

export const renameRun = operation('run:start', {
  name: 'renameRun',
  route: { method: 'PATCH', path: '/runs/{runId}', summary: 'Rename a run', tags: ['runs'] },
  input: ById.extend({ name: Name.min(1) }),
  output: RunDetail,
  subject: ({ tx, input }) => runSubject(tx, input.runId),
  event: 'run.renamed',
  run: async ({ tx, input, subject, note }) => {
    note({ from: subject.name, to: input.name })
    await tx.run.update({ where: { id: subject.id }, data: { name: input.name } })
    return shapeDetail(tx, subject.id)
  },
})

export const runOperations = { startRun, stopRun, resumeRun, renameRun }
