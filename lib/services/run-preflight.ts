import { z } from 'zod'
import { inspectModelFolder, type ModelDetails } from '#lib/adapters/models/folder.ts'
import { PreflightCheck } from '#lib/adapters/training/backend.ts'
import { localBackend } from '#lib/adapters/training/local.ts'
import type { ModelProblem } from '#lib/adapters/training/preflight.ts'
import { Refusal, refuse } from '#lib/domain/errors.ts'
import { Recipe } from '#lib/domain/sft/recipe.ts'
import { DEFAULT_CONFIG, diffConfig, RunConfig, readConfig, type SamplePrompt } from '#lib/domain/training/config.ts'
import { totalSteps } from '#lib/domain/training/estimate.ts'
import { ToldFinding } from '#lib/domain/training/finding.ts'
import { operation, type Tx } from './operation.ts'
import { Change } from './run-shape.ts'
import { type ReadyBuild, readyBuild, usableModel } from './run-subject.ts'
import { projectSubject } from './subject.ts'
import { trainerStatus } from './trainer-environment.ts'

/** What a build's manifest says that a run must know. */
const Manifest = z.looseObject({ tokenizerHash: z.string().optional(), chatTemplateHash: z.string().optional() })

/** Rows and tokens of the training split. The ledger counts tokens a row; a packed row is as long as the recipe allows. */
async function trainingData(tx: Tx, build: ReadyBuild) {
  const recipe = Recipe.parse(build.recipe)
  const rowsOf = (split: string) => build.files.filter((file) => file.split === split).reduce((sum, file) => sum + (file.rows ?? 0), 0)
  const [sums] = await tx.$queryRaw<{ tokens: bigint | null; longest: number | null }[]>`
    SELECT sum(tokens) AS tokens, max(tokens)::int AS longest FROM "ledger_entry"
    WHERE "buildId" = ${build.id}::uuid AND split = 'train' AND outcome IN ('exported', 'truncated')`
  const longest = sums?.longest ?? 0
  return {
    recipe,
    rows: rowsOf('train'),
    validationRows: rowsOf('validation'),
    tokens: Number(sums?.tokens ?? 0),
    longestTokens: recipe.packing === 'none' ? longest : recipe.maxLength,
  }
}

/** Tokens a second of the newest finished run with the same base model and method: measured beats assumed. */
async function measuredSpeed(tx: Tx, baseModelId: string, method: string): Promise<number | null> {
  const [row] = await tx.$queryRaw<{ speed: number | null }[]>`
    SELECT (latest->>'tokensPerSecond')::float8 AS speed FROM "run"
    WHERE "baseModelId" = ${baseModelId}::uuid AND state = 'succeeded' AND config->>'method' = ${method} AND latest->>'tokensPerSecond' IS NOT NULL
    ORDER BY "endedAt" DESC LIMIT 1`
  return row?.speed || null
}

async function readModel(folder: string | null, kind: string, adapterPath: string | null): Promise<ModelDetails | ModelProblem> {
  if (kind === 'endpoint' || !folder) return { problem: 'model-endpoint', facts: {} }
  if (adapterPath) return { problem: 'model-adapter', facts: {} }
  try {
    return await inspectModelFolder(folder)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const found = ToldFinding.safeParse(error.data).data?.finding
    const detail = `${folder}: ${error.message}`
    return { problem: 'model-unusable', facts: { ...found?.facts, ...(found ? { fault: found.code, folder } : {}), detail } }
  }
}

/** All checks of a run that is to be, and how many steps it takes. */
export async function checkRun(
  tx: Tx,
  input: { projectId: string; buildId: string; modelId: string; config: RunConfig },
): Promise<{ checks: PreflightCheck[]; steps: number }> {
  const build = await readyBuild(tx, input.projectId, input.buildId)
  const model = await usableModel(tx, input.projectId, input.modelId)
  const manifest = Manifest.safeParse(build.manifest).data
  const { recipe, ...data } = await trainingData(tx, build)
  const measured = await measuredSpeed(tx, model.id, input.config.method)
  const status = await trainerStatus(tx)
  const checks = await localBackend.preflight({
    config: input.config,
    model: await readModel(model.path, model.kind, model.adapterPath),
    build: { ...data, format: recipe.format, tokenizerHash: manifest?.tokenizerHash ?? null, chatTemplateHash: manifest?.chatTemplateHash ?? null },
    trainerMessage: [status.message, status.cure].filter(Boolean).join(' '),
    measuredTokensPerSecond: measured,
  })
  return { checks, steps: totalSteps(input.config, data.rows) }
}

export const preflightRun = operation('run:start', {
  name: 'preflightRun',
  route: {
    method: 'POST',
    path: '/projects/{projectId}/runs/preflight',
    summary: 'Check a run before it starts',
    tags: ['runs'],
    description: 'Memory, disk, context, tokenizer and template, time with its formula. An error refuses startRun.',
  },
  transaction: 'none',
  input: z.strictObject({ projectId: z.uuid(), buildId: z.uuid(), modelId: z.uuid(), config: RunConfig }),
  output: z.object({ checks: z.array(PreflightCheck), steps: z.int(), canStart: z.boolean(), changes: z.array(Change) }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, input }) => {
    const { checks, steps } = await checkRun(tx, input)
    return { checks, steps, canStart: checks.every((one) => one.level !== 'error'), changes: diffConfig(DEFAULT_CONFIG, input.config) }
  },
})

const SAMPLE_PROMPTS = 4

/** Prompts the model has not trained on, where the snapshot has any: the opening turns of rows held out. */
export async function heldOutPrompts(tx: Tx, snapshotId: string): Promise<SamplePrompt[]> {
  const rows = await tx.$queryRaw<{ position: number; messages: { role: string; content: string }[] }[]>`
    SELECT s.position, r.messages FROM "snapshot_row" s JOIN "revision" r ON r.id = s."revisionId"
    WHERE s."snapshotId" = ${snapshotId}::uuid ORDER BY s.split = 'train', s."contentHash" LIMIT ${SAMPLE_PROMPTS * 3}`
  return rows
    .flatMap(({ position, messages }) => {
      const answer = messages.findIndex((message) => message.role === 'assistant')
      const opening = messages
        .slice(0, answer < 0 ? messages.length : answer)
        .filter((message) => message.role === 'system' || message.role === 'user')
      const plain = opening.map(({ role, content }) => ({ role: role as 'system' | 'user', content }))
      const isUsable =
        plain.some((message) => message.role === 'user') && plain.every((message) => message.content.length > 0 && message.content.length <= 4000)
      return isUsable ? [{ id: `row-${position}`, messages: plain }] : []
    })
    .slice(0, SAMPLE_PROMPTS)
}

export const getRunDefaults = operation('run:start', {
  name: 'getRunDefaults',
  route: {
    method: 'GET',
    path: '/projects/{projectId}/runs/defaults',
    summary: 'Get the settings a new run would have',
    tags: ['runs'],
    description: 'With parentRunId: those of that run, and how they differ from the defaults.',
  },
  input: z.strictObject({ projectId: z.uuid(), buildId: z.uuid().optional(), parentRunId: z.uuid().optional() }),
  output: z.object({
    config: RunConfig,
    defaults: RunConfig,
    changes: z.array(Change),
    parent: z.object({ id: z.uuid(), name: z.string(), buildId: z.uuid(), baseModelId: z.uuid() }).nullable(),
  }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, input }) => {
    const { projectId, parentRunId, buildId } = input
    const parent = parentRunId ? await tx.run.findFirst({ where: { id: parentRunId, projectId } }) : null
    if (parentRunId && !parent) refuse('not-found', 'There is no such parent run in this project.')
    const build = buildId ? await tx.build.findFirst({ where: { id: buildId, projectId } }) : null
    if (buildId && !build) refuse('not-found', 'There is no such build in this project.')
    const inherited = parent ? readConfig(parent.config) : DEFAULT_CONFIG
    const prompts = inherited.samples.prompts.length > 0 || !build ? inherited.samples.prompts : await heldOutPrompts(tx, build.snapshotId)
    const config: RunConfig = { ...inherited, samples: { ...inherited.samples, prompts } }
    return { config, defaults: DEFAULT_CONFIG, changes: diffConfig(DEFAULT_CONFIG, inherited), parent }
  },
})

export const runPreflightOperations = { preflightRun, getRunDefaults }
