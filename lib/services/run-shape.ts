import { z } from 'zod'
import { inEnglish } from '#lib/adapters/english.ts'
import { Handle } from '#lib/adapters/training/backend.ts'
import { NO_GUIDELINE } from '#lib/domain/snapshot.ts'
import { storedState } from '#lib/domain/state-schema.ts'
import { configFields, DEFAULT_CONFIG, diffConfig, RunConfig, readConfig } from '#lib/domain/training/config.ts'
import { canRemoveFiles, canResume, canStop, type RunState } from '#lib/domain/training/control.ts'
import { RUN_FAILURES } from '#lib/domain/training/finding.ts'
import { Progress, readProgress } from '#lib/domain/training/progress.ts'
import type { Prisma } from '#lib/generated/prisma/client.ts'
import type { Tx } from './operation.ts'
import { SnapshotManifest } from './snapshot.ts'

/** Rows of an older version say less. */
const StoredFailure = z.object({ code: z.enum(RUN_FAILURES).catch('crashed'), detail: z.string().nullable().default(null) })
const Failure = z.object({
  code: z.enum(RUN_FAILURES),
  detail: z.string().nullable().describe('What the trainer itself said'),
  message: z.string().describe('In English'),
  cure: z.string(),
})
const Value = z.union([z.string(), z.number(), z.boolean(), z.null()])
export const Change = z.object({ path: z.string(), from: Value, to: Value })

export const RunItem = z.object({
  id: z.uuid(),
  projectId: z.uuid(),
  name: z.string(),
  state: storedState('run'),
  desired: z.string(),
  buildId: z.uuid(),
  baseModelId: z.uuid(),
  baseModelName: z.string(),
  snapshotName: z.string(),
  method: z.enum(['lora', 'full']),
  parentRunId: z.uuid().nullable(),
  latest: Progress.nullable(),
  failure: Failure.nullable(),
  createdAt: z.date(),
  startedAt: z.date().nullable(),
  endedAt: z.date().nullable(),
})

export const ITEM_ROWS = {
  baseModel: { select: { name: true, contentHash: true } },
  build: { select: { snapshot: { select: { id: true, name: true } } } },
} satisfies Prisma.RunInclude

type ItemRow = Prisma.RunGetPayload<{ include: typeof ITEM_ROWS }>

function shapeFailure(stored: unknown): z.input<typeof Failure> | null {
  if (stored === null) return null
  const { code, detail } = StoredFailure.parse(stored)
  const { message, cure } = inEnglish('failure', { code, facts: {} })
  return { code, detail, message: detail ? `${message} ${detail}` : message, cure }
}

/** A run as lists show it. */
export const shapeItem = (run: ItemRow): z.input<typeof RunItem> => ({
  ...run,
  state: run.state,
  baseModelName: run.baseModel.name,
  snapshotName: run.build.snapshot.name,
  method: readConfig(run.config).method,
  latest: readProgress(run.latest),
  failure: shapeFailure(run.failure),
})

const AttemptShape = z.object({
  id: z.uuid(),
  number: z.int(),
  state: storedState('attempt'),
  origin: z
    .string()
    .pipe(z.enum(['start', 'resume', 'recovery']))
    .describe('A person started it or resumed it, or it recovered from a loss'),
  exitCode: z.int().nullable(),
  reason: z.string().nullable(),
  resumedFrom: z.string().nullable().describe('Name of the checkpoint it went on from'),
  host: z.string().nullable(),
  startedAt: z.date(),
  endedAt: z.date().nullable(),
  isSupervised: z.boolean().describe('Somebody looked at it within the last minute'),
})

const CheckpointShape = z.object({
  attempt: z.int(),
  step: z.int(),
  name: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  reason: z.string(),
  at: z.date(),
})

const Lineage = z.object({
  snapshot: z.object({ id: z.uuid(), name: z.string(), contentHash: z.string().nullable(), rows: z.int() }),
  guidelineVersions: z.array(z.string()),
  authors: z.int(),
  reviewers: z.int(),
  build: z.object({ id: z.uuid(), contentHash: z.string().nullable(), rows: z.int(), tokens: z.int(), trainedTokens: z.int() }),
  baseModel: z.object({ id: z.uuid(), name: z.string(), contentHash: z.string().nullable() }),
  tokenizerHash: z.string().nullable(),
  chatTemplateHash: z.string().nullable(),
})

export const RunDetail = RunItem.extend({
  config: RunConfig,
  settings: z.array(z.object({ path: z.string(), value: Value, isDefault: z.boolean() })),
  parent: z.object({ id: z.uuid(), name: z.string(), changes: z.array(Change) }).nullable(),
  waitsFor: z.object({ id: z.uuid(), name: z.string() }).nullable().describe('The run that has the machine while this one is queued'),
  lineage: Lineage,
  tunedModelId: z.uuid().nullable(),
  canStop: z.boolean(),
  canResume: z.boolean(),
  canRemoveFiles: z.boolean(),
  filesRemovedAt: z.date().nullable().describe('When a person removed its checkpoints and logs'),
  attempts: z.array(AttemptShape),
  checkpoints: z.array(CheckpointShape),
})

/** Who stands behind the rows, as it was when they were frozen: guideline versions, authors and reviewers. */
function people(manifest: unknown) {
  const frozen = SnapshotManifest.safeParse(manifest).data
  const versions = Object.keys(frozen?.guidelineVersions ?? {}).filter((version) => version !== NO_GUIDELINE)
  return { guidelineVersions: versions.toSorted(), authors: frozen?.authors ?? 0, reviewers: frozen?.reviewers ?? 0 }
}

const Hashes = z.looseObject({ tokenizerHash: z.string().nullish(), chatTemplateHash: z.string().nullish() })

async function shapeLineage(
  tx: Tx,
  buildId: string,
  baseModel: { id: string; name: string; contentHash: string | null },
): Promise<z.input<typeof Lineage>> {
  const build = await tx.build.findUniqueOrThrow({ where: { id: buildId }, include: { snapshot: true } })
  const { id, name, contentHash, rowCount } = build.snapshot
  const hashes = Hashes.safeParse(build.manifest).data
  return {
    snapshot: { id, name, contentHash, rows: rowCount },
    ...people(build.snapshot.manifest),
    build: {
      id: build.id,
      contentHash: build.contentHash,
      rows: build.exported + build.truncated,
      tokens: Number(build.tokens),
      trainedTokens: Number(build.trainedTokens),
    },
    baseModel,
    tokenizerHash: hashes?.tokenizerHash ?? null,
    chatTemplateHash: hashes?.chatTemplateHash ?? null,
  }
}

type CheckpointRun = { id: string; state: string; filesRemovedAt: Date | null }

/** The checkpoints there are: the trainer deletes all but the newest of an attempt as it saves, the product those of an ended run. */
async function listCheckpoints(tx: Tx, run: CheckpointRun, kept: number): Promise<z.input<typeof CheckpointShape>[]> {
  if (run.filesRemovedAt) return []
  const rows = await tx.runEvent.findMany({
    where: { attempt: { runId: run.id }, type: 'checkpoint' },
    orderBy: [{ at: 'asc' }],
    include: { attempt: { select: { number: true } } },
  })
  const ofAttempts = [...Map.groupBy(rows, ({ attempt }) => attempt.number).values()].flatMap((saved) => saved.slice(-kept))
  const present = ['succeeded', 'cancelled'].includes(run.state) ? ofAttempts.slice(-kept) : ofAttempts
  return present.map(({ payload, step, at, attempt }) => {
    const facts = payload as { path?: string; bytes?: number; sha256?: string; reason?: string }
    const name = (facts.path ?? '').split('/').at(-1) ?? ''
    return { attempt: attempt.number, step: step ?? 0, name, bytes: facts.bytes ?? 0, sha256: facts.sha256 ?? '', reason: facts.reason ?? '', at }
  })
}

async function findHolder(tx: Tx, state: string, id: string) {
  if (state !== 'queued') return null
  const holder = { state: { in: ['preparing', 'submitted', 'running', 'stopping'] }, id: { not: id } }
  return tx.run.findFirst({ where: holder, select: { id: true, name: true } })
}

/** A run with its settings, what it stands on, its attempts and what it could go on from. */
export async function shapeDetail(tx: Tx, runId: string): Promise<z.input<typeof RunDetail>> {
  const run = await tx.run.findUniqueOrThrow({ where: { id: runId }, include: { ...ITEM_ROWS, attempts: { orderBy: { number: 'asc' } } } })
  const config = readConfig(run.config)
  const defaults = configFields(DEFAULT_CONFIG)
  const parent = run.parentRunId ? await tx.run.findFirst({ where: { id: run.parentRunId, projectId: run.projectId } }) : null
  const tuned = await tx.model.findUnique({ where: { runId }, select: { id: true } })
  const checkpoints = await listCheckpoints(tx, run, config.checkpoints.keep)
  const lineage = await shapeLineage(tx, run.buildId, { id: run.baseModelId, ...run.baseModel })
  const waitsFor = await findHolder(tx, run.state, run.id)
  return {
    ...shapeItem(run),
    config,
    settings: [...configFields(config)].map(([path, value]) => ({ path, value, isDefault: defaults.get(path) === value })),
    parent: parent && { id: parent.id, name: parent.name, changes: diffConfig(readConfig(parent.config), config) },
    waitsFor,
    lineage,
    tunedModelId: tuned?.id ?? null,
    canStop: canStop(run.state as RunState) && (run.desired === 'run' || run.state === 'paused'),
    canResume: canResume(run.state as RunState),
    canRemoveFiles: canRemoveFiles(run.state as RunState) && run.filesRemovedAt === null,
    filesRemovedAt: run.filesRemovedAt,
    attempts: run.attempts.map((attempt) => ({
      ...attempt,
      resumedFrom: attempt.resumeFrom?.split('/').at(-1) ?? null,
      host: Handle.safeParse(attempt.handle).data?.host ?? null,
      isSupervised: attempt.supervisedUntil !== null && attempt.supervisedUntil > new Date(),
    })),
    checkpoints,
  }
}
