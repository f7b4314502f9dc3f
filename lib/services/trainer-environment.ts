import { z } from 'zod'
import { inspectModelFolder, measureModelFolder } from '#lib/adapters/models/folder.ts'
import { hasTrainer } from '#lib/adapters/training/environment.ts'
import { bundledModel, SetUpFailed, setUpTrainer } from '#lib/adapters/training/install.ts'
import { db } from '#lib/db.ts'
import { refuse } from '#lib/domain/errors.ts'
import { env } from '#lib/env.ts'
import { log } from '#lib/log.ts'
import { operation, type Tx } from './operation.ts'
import { enqueue } from './queue.ts'
import { projectSubject } from './subject.ts'

const KEY = 'trainer-environment'
/** A preparation that has not written for this long died with its worker. */
const SILENT_MS = 120_000
const BEAT_MS = 20_000

export const TrainerStatus = z.object({
  state: z.enum(['off', 'waiting', 'preparing', 'ready', 'failed']),
  /** Share done, 0 to 1. */
  progress: z.number(),
  message: z.string(),
  cure: z.string(),
  updatedAt: z.date().nullable(),
})
export type TrainerStatus = z.infer<typeof TrainerStatus>

/** How the trainer stands, in words people can act on. */
export async function trainerStatus(tx: Tx): Promise<TrainerStatus> {
  if (env.EXEMPLAR_TRAINER === 'off') {
    return {
      state: 'off',
      progress: 0,
      message: 'Fine-tuning on this machine is switched off.',
      cure: 'Set EXEMPLAR_TRAINER=on and start again.',
      updatedAt: null,
    }
  }
  const task = await tx.systemTask.findUnique({ where: { key: KEY } })
  if (!task)
    return {
      state: 'waiting',
      progress: 0,
      message: 'The trainer waits to be prepared.',
      cure: 'It starts with the worker; see whether that runs.',
      updatedAt: null,
    }
  const { progress, message, cure, updatedAt } = task
  if (task.state === 'preparing' && Date.now() - updatedAt.getTime() > SILENT_MS) {
    return {
      state: 'waiting',
      progress,
      message: 'The preparation was interrupted.',
      cure: 'It goes on when the worker is back; Retry starts it now.',
      updatedAt,
    }
  }
  return { state: task.state as TrainerStatus['state'], progress, message, cure, updatedAt }
}

async function write(state: 'preparing' | 'ready' | 'failed', fields: { progress: number; message: string; cure?: string }): Promise<void> {
  const row = { state, progress: fields.progress, message: fields.message, cure: fields.cure ?? '', updatedAt: new Date() }
  await db.systemTask.upsert({ where: { key: KEY }, create: { key: KEY, ...row }, update: row })
}

/** The bundled base model as a model of the whole instance; called again, it finds it there. */
async function registerBundledModel(): Promise<void> {
  const { name, folder, licence } = bundledModel()
  const [details, measured] = await Promise.all([inspectModelFolder(folder), measureModelFolder(folder)])
  const facts = {
    kind: 'base',
    state: 'ready',
    path: folder,
    licence,
    contentHash: measured.contentHash,
    bytes: BigInt(measured.bytes),
    details: { ...details, isBundled: true },
  }
  const present = await db.model.findFirst({ where: { projectId: null, name } })
  if (present) await db.model.update({ where: { id: present.id }, data: facts })
  else await db.model.create({ data: { ...facts, name } })
}

/**
 * Worker job `trainer.prepare`: Python environment, then base model, as one visible task. Killed anywhere, the next
 * call goes on; when all is there it only checks and takes a second.
 */
export async function prepareTrainer(_data: object = {}, signal: AbortSignal = new AbortController().signal): Promise<void> {
  if (env.EXEMPLAR_TRAINER === 'off') return
  let at = { progress: 0, message: 'Looking at what is there' }
  await write('preparing', at)
  // pip is silent for minutes; the beat tells a slow preparation from a dead one.
  const beat = setInterval(() => void write('preparing', at).catch(() => undefined), BEAT_MS)
  try {
    await setUpTrainer(async (step) => {
      at = step
      await write('preparing', step)
    }, signal)
    clearInterval(beat)
    await registerBundledModel()
    await write('ready', { progress: 1, message: 'The trainer is ready.' })
  } catch (error) {
    clearInterval(beat)
    if (signal.aborted) throw error
    log.error({ err: error }, 'the trainer could not be prepared')
    const [message, cure] =
      error instanceof SetUpFailed ? [error.message, error.cure] : [(error as Error).message, 'See the log of the worker, then try again.']
    await write('failed', { progress: at.progress, message, cure })
  } finally {
    clearInterval(beat)
  }
}

export const getTrainerEnvironment = operation('run:read', {
  name: 'getTrainerEnvironment',
  route: { method: 'GET', path: '/projects/{projectId}/trainer', summary: 'See whether the local trainer is ready', tags: ['runs'] },
  input: z.strictObject({ projectId: z.uuid() }),
  output: TrainerStatus,
  subject: ({ tx, input }) => projectSubject(tx, input.projectId),
  run: ({ tx }) => trainerStatus(tx),
})

export const retryTrainerEnvironment = operation('run:start', {
  name: 'retryTrainerEnvironment',
  route: { method: 'POST', path: '/projects/{projectId}/trainer/retry', summary: 'Prepare the local trainer again', tags: ['runs'] },
  event: 'trainer.retried',
  input: z.strictObject({ projectId: z.uuid() }),
  output: TrainerStatus,
  subject: ({ tx, input }) => projectSubject(tx, input.projectId),
  run: async ({ tx }) => {
    const status = await trainerStatus(tx)
    if (status.state === 'off') return refuse('trainer-not-ready', `${status.message} ${status.cure}`)
    if (status.state === 'preparing' || (status.state === 'ready' && hasTrainer())) return status
    const row = { state: 'preparing', progress: 0, message: 'Waiting for the worker', cure: '', updatedAt: new Date() }
    await tx.systemTask.upsert({ where: { key: KEY }, create: { key: KEY, ...row }, update: row })
    await enqueue(tx, 'trainer.prepare', {}, { key: KEY })
    return trainerStatus(tx)
  },
})

export const trainerOperations = { getTrainerEnvironment, retryTrainerEnvironment }
