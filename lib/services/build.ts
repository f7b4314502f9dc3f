import { z } from 'zod'
import { Manifest } from '#lib/adapters/parquet/manifest.ts'
import { creatorOf } from '#lib/domain/actor.ts'
import { refuse } from '#lib/domain/errors.ts'
import { Failure } from '#lib/domain/failure.ts'
import { Recipe, recipeHash } from '#lib/domain/sft/recipe.ts'
import { stateSchema, storedState } from '#lib/domain/state-schema.ts'
import { loadEngine } from './engine.ts'
import { operation, type Tx } from './operation.ts'
import { pageOf } from './page.ts'
import { enqueue } from './queue.ts'
import { usableModel } from './run-subject.ts'
import { projectSubject } from './subject.ts'
import { transition } from './transition.ts'

const Summary = z.object({
  id: z.uuid(),
  projectId: z.uuid(),
  snapshotId: z.uuid(),
  snapshotName: z.string(),
  modelId: z.uuid(),
  modelName: z.string(),
  state: storedState('build'),
  recipe: Recipe,
  recipeHash: z.string(),
  progress: z.number(),
  candidates: z.int(),
  exported: z.int(),
  excluded: z.int(),
  truncated: z.int(),
  tokens: z.int(),
  trainedTokens: z.int(),
  truncatedTokens: z.int(),
  contentHash: z.string().nullable(),
  failure: Failure.nullable(),
  cancelRequestedAt: z.date().nullable(),
  createdAt: z.date(),
  finishedAt: z.date().nullable(),
})
const BuildFile = z.object({ path: z.string(), split: z.string().nullable(), rows: z.int().nullable(), bytes: z.int(), sha256: z.string() })
const Detail = Summary.extend({
  manifest: Manifest.nullable(),
  snapshotHash: z.string().nullable(),
  excludedBy: z.record(z.string(), z.int()).describe('Excluded rows by reason'),
  runs: z.array(z.object({ id: z.uuid(), name: z.string(), state: storedState('run') })),
})

export async function buildSubject(tx: Tx, buildId: string) {
  return tx.build.findUnique({ where: { id: buildId }, include: { snapshot: true, model: true } })
}
type BuildRow = NonNullable<Awaited<ReturnType<typeof buildSubject>>>

const summaryOf = (row: BuildRow): z.input<typeof Summary> => ({
  ...row,
  snapshotName: row.snapshot.name,
  modelName: row.model.name,
  state: row.state,
  recipe: Recipe.parse(row.recipe),
  tokens: Number(row.tokens),
  trainedTokens: Number(row.trainedTokens),
  truncatedTokens: Number(row.truncatedTokens),
  failure: row.failure === null ? null : Failure.parse(row.failure),
})

async function detailOf(tx: Tx, row: BuildRow): Promise<z.input<typeof Detail>> {
  const reasons = await tx.ledgerEntry.groupBy({ by: ['reason'], where: { buildId: row.id, outcome: 'excluded' }, _count: { _all: true } })
  const runs = await tx.run.findMany({ where: { buildId: row.id }, select: { id: true, name: true, state: true }, orderBy: { createdAt: 'desc' } })
  return {
    ...summaryOf(row),
    manifest: row.manifest === null ? null : Manifest.parse(row.manifest),
    snapshotHash: row.snapshot.contentHash,
    excludedBy: Object.fromEntries(reasons.map(({ reason, _count }) => [reason ?? 'unknown', _count._all])),
    runs,
  }
}

export const startBuild = operation('build:start', {
  name: 'startBuild',
  route: {
    method: 'POST',
    path: '/projects/{projectId}/builds',
    summary: 'Build a frozen snapshot for a model by a recipe',
    successStatus: 201,
    description: 'Answers at once with the build in state queued. Omitted parts of the recipe take their defaults, which the answer shows.',
    tags: ['builds'],
  },
  input: z.strictObject({
    projectId: z.uuid(),
    snapshotId: z.uuid(),
    modelId: z.uuid().describe('Its tokenizer and chat template are used'),
    recipe: Recipe.prefault({}),
  }),
  output: Summary,
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  event: 'build.started',
  run: async ({ tx, input, actor, subject, note }) => {
    const snapshot = await tx.snapshot.findFirst({ where: { id: input.snapshotId, projectId: subject.id } })
    if (!snapshot) return refuse('not-found', 'There is no such snapshot in this project.')
    if (snapshot.state !== 'frozen')
      refuse('illegal-transition', `The snapshot is ${snapshot.state}; only a frozen one can be built.`, { state: snapshot.state })
    const model = await usableModel(tx, subject.id, input.modelId)
    if (model.state !== 'ready') refuse('model-not-ready', `${model.name} is ${model.state}. Wait until it is ready, or choose another model.`)
    // Refused here, where somebody waits for the answer, rather than in the job.
    await loadEngine(model, input.recipe)
    const build = await tx.build.create({
      data: {
        projectId: subject.id,
        snapshotId: snapshot.id,
        modelId: model.id,
        recipe: input.recipe as object,
        recipeHash: await recipeHash(input.recipe),
        createdById: creatorOf(actor),
      },
      include: { snapshot: true, model: true },
    })
    await enqueue(tx, 'build.run', { buildId: build.id }, { key: build.id })
    note({ buildId: build.id, snapshotId: snapshot.id, modelId: model.id, recipeHash: build.recipeHash })
    return summaryOf(build)
  },
})

export const cancelBuild = operation('build:start', {
  name: 'cancelBuild',
  route: {
    method: 'POST',
    path: '/builds/{buildId}/cancellation',
    summary: 'Stop a build that has not finished; nothing of it is kept',
    tags: ['builds'],
  },
  input: z.strictObject({ buildId: z.uuid() }),
  output: Summary,
  subject: ({ tx, input }) => buildSubject(tx, input.buildId),
  event: 'build.cancel-requested',
  run: async ({ tx, subject, note }) => {
    note({ isEnded: subject.state === 'queued' })
    if (subject.state === 'queued') await transition(tx, 'build', subject, 'cancelled', { finishedAt: new Date() })
    else if (subject.state === 'building') await tx.build.update({ where: { id: subject.id }, data: { cancelRequestedAt: new Date() } })
    else refuse('illegal-transition', `The build is ${subject.state} already.`, { state: subject.state })
    const row = (await buildSubject(tx, subject.id)) ?? refuse('not-found')
    return summaryOf(row)
  },
})

const ById = z.strictObject({ buildId: z.uuid() })

export const getBuild = operation('build:read', {
  name: 'getBuild',
  route: { method: 'GET', path: '/builds/{buildId}', summary: 'A build with its balance and manifest', tags: ['builds'] },
  input: ById,
  output: Detail,
  subject: ({ tx, input }) => buildSubject(tx, input.buildId),
  run: ({ tx, subject }) => detailOf(tx, subject),
})

export const listBuilds = operation('build:read', {
  name: 'listBuilds',
  route: { method: 'GET', path: '/projects/{projectId}/builds', summary: 'Builds, newest first', tags: ['builds'] },
  input: z.strictObject({
    projectId: z.uuid(),
    cursor: z.uuid().optional(),
    limit: z.int().min(1).max(200).default(50),
    state: stateSchema('build').optional(),
  }),
  output: z.object({ items: z.array(Summary), nextCursor: z.string().nullable() }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, input, subject }) => {
    const rows = await tx.build.findMany({
      where: { projectId: subject.id, ...(input.state ? { state: input.state } : {}), ...(input.cursor ? { id: { lt: input.cursor } } : {}) },
      orderBy: { id: 'desc' },
      take: input.limit + 1,
      include: { snapshot: true, model: true },
    })
    const { items, last } = pageOf(rows, input.limit)
    return { items: items.map(summaryOf), nextCursor: last?.id ?? null }
  },
})

export const listBuildFiles = operation('build:read', {
  name: 'listBuildFiles',
  route: { method: 'GET', path: '/builds/{buildId}/files', summary: 'Files of a ready build with sizes and hashes', tags: ['builds'] },
  input: ById,
  output: z.object({ items: z.array(BuildFile) }),
  subject: ({ tx, input }) => buildSubject(tx, input.buildId),
  run: async ({ tx, subject }) => {
    const files = await tx.buildFile.findMany({ where: { buildId: subject.id }, orderBy: { path: 'asc' } })
    return { items: files.map((file) => ({ ...file, bytes: Number(file.bytes) })) }
  },
})

export const buildOperations = { startBuild, cancelBuild, getBuild, listBuilds, listBuildFiles }
