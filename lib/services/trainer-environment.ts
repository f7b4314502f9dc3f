import { z } from 'zod'
import { inEnglish } from '#lib/adapters/english.ts'
import { inspectModelFolder, measureModelFolder } from '#lib/adapters/models/folder.ts'
import { hasTrainer } from '#lib/adapters/training/environment.ts'
import { bundledModel, SetUpFailed, type SetUpProgress, setUpTrainer } from '#lib/adapters/training/install.ts'
import { db } from '#lib/db.ts'
import { refuse } from '#lib/domain/errors.ts'
import { Facts, type Finding, TRAINER_FINDINGS, trainerCode } from '#lib/domain/training/finding.ts'
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
  progress: z.number().describe('Share done, 0 to 1'),
  code: z.enum(TRAINER_FINDINGS).describe('What it is about, for programs and translators'),
  facts: Facts,
  message: z.string().describe('The same in English'),
  cure: z.string().describe('What to do about it; empty when all is well'),
  updatedAt: z.date().nullable(),
})
export type TrainerStatus = z.infer<typeof TrainerStatus>

const statusOf = (state: TrainerStatus['state'], finding: Finding<'trainer'>, more: { progress?: number; updatedAt?: Date } = {}): TrainerStatus => ({
  state,
  progress: more.progress ?? 0,
  ...finding,
  ...inEnglish('trainer', finding),
  updatedAt: more.updatedAt ?? null,
})

/** How the trainer stands, in words people can act on. */
export async function trainerStatus(tx: Tx): Promise<TrainerStatus> {
  if (env.EXEMPLAR_TRAINER === 'off') return statusOf('off', { code: 'off', facts: {} })
  const task = await tx.systemTask.findUnique({ where: { key: KEY } })
  if (!task) return statusOf('waiting', { code: 'not-begun', facts: {} })
  const { progress, updatedAt } = task
  if (task.state === 'preparing' && Date.now() - updatedAt.getTime() > SILENT_MS)
    return statusOf('waiting', { code: 'interrupted', facts: {} }, { progress, updatedAt })
  return statusOf(task.state as TrainerStatus['state'], { code: trainerCode(task.code), facts: Facts.parse(task.facts) }, { progress, updatedAt })
}

async function write(state: 'preparing' | 'ready' | 'failed', { progress, code, facts }: SetUpProgress): Promise<void> {
  const row = { state, progress, code, facts, updatedAt: new Date() }
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
  let at: SetUpProgress = { progress: 0, code: 'looking', facts: {} }
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
    await write('ready', { progress: 1, code: 'ready', facts: {} })
  } catch (error) {
    clearInterval(beat)
    if (signal.aborted) throw error
    log.error({ err: error }, 'the trainer could not be prepared')
    const finding: Finding<'trainer'> =
      error instanceof SetUpFailed ? error.finding : { code: 'unexpected', facts: { detail: (error as Error).message } }
    await write('failed', { progress: at.progress, ...finding })
  } finally {
    clearInterval(beat)
  }
}

export const getTrainerEnvironment = operation('run:read', {
  name: 'getTrainerEnvironment',
  route: { method: 'GET', path: '/projects/{projectId}/trainer', summary: 'See whether the local trainer is ready', tags: ['runs'] },
  input: z.strictObject({ projectId: z.uuid() }),
  output: TrainerStatus,
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: ({ tx }) => trainerStatus(tx),
})

export const retryTrainerEnvironment = operation('run:start', {
  name: 'retryTrainerEnvironment',
  route: { method: 'POST', path: '/projects/{projectId}/trainer/retry', summary: 'Prepare the local trainer again', tags: ['runs'] },
  event: 'trainer.retried',
  input: z.strictObject({ projectId: z.uuid() }),
  output: TrainerStatus,
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx }) => {
    const status = await trainerStatus(tx)
    if (status.state === 'off') return refuse('trainer-not-ready', `${status.message} ${status.cure}`)
    if (status.state === 'preparing' || (status.state === 'ready' && hasTrainer())) return status
    const row = { state: 'preparing', progress: 0, code: 'queued', facts: {}, updatedAt: new Date() }
    await tx.systemTask.upsert({ where: { key: KEY }, create: { key: KEY, ...row }, update: row })
    await enqueue(tx, 'trainer.prepare', {}, { key: KEY })
    return trainerStatus(tx)
  },
})

export const trainerOperations = { getTrainerEnvironment, retryTrainerEnvironment }
