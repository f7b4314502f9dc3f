import { z } from 'zod'
import { listOf } from '#lib/domain/bounds.ts'
import { decimate, METRIC_NAMES, type MetricName, mergeAttempts, type Point } from '#lib/domain/training/series.ts'
import { operation, type Tx } from './operation.ts'
import { pageOf } from './page.ts'
import { ITEM_ROWS, RunDetail, RunItem, shapeDetail, shapeItem } from './run-shape.ts'
import { runSubject } from './run-subject.ts'
import { projectSubject } from './subject.ts'

const ById = z.strictObject({ runId: z.uuid() })

export const getRun = operation('run:read', {
  name: 'getRun',
  route: { method: 'GET', path: '/runs/{runId}', summary: 'Get a run with its attempts, checkpoints, lineage and newest figures', tags: ['runs'] },
  input: ById,
  output: RunDetail,
  subject: ({ tx, input }) => runSubject(tx, input.runId),
  run: ({ tx, subject }) => shapeDetail(tx, subject.id),
})

export const listRuns = operation('run:read', {
  name: 'listRuns',
  route: { method: 'GET', path: '/projects/{projectId}/runs', summary: 'List runs, newest first', tags: ['runs'] },
  input: z.strictObject({ projectId: z.uuid(), cursor: z.uuid().optional(), limit: z.int().min(1).max(200).default(50) }),
  output: z.object({ items: z.array(RunItem), nextCursor: z.string().nullable() }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, input, subject }) => {
    // Ids rise with time, so they are the order and the key at once.
    const rows = await tx.run.findMany({
      where: { projectId: subject.id, ...(input.cursor ? { id: { lt: input.cursor } } : {}) },
      orderBy: { id: 'desc' },
      take: input.limit + 1,
      include: ITEM_ROWS,
    })
    const { items: page, last } = pageOf(rows, input.limit)
    return { items: page.map(shapeItem), nextCursor: last?.id ?? null }
  },
})

const EventShape = z.object({
  attempt: z.int(),
  seq: z.int(),
  type: z.string(),
  at: z.date(),
  step: z.int().nullable(),
  payload: z.record(z.string(), z.unknown()),
})

export const listRunEvents = operation('run:read', {
  name: 'listRunEvents',
  route: {
    method: 'GET',
    path: '/runs/{runId}/events',
    summary: 'List the events of a run in order, over all attempts',
    description: 'Each event appears exactly once. Pass nextCursor back to read what came since; it is given even when nothing did.',
    tags: ['runs'],
  },
  input: ById.extend({
    cursor: z
      .string()
      .regex(/^\d{1,9}\.\d{1,9}$/)
      .default('0.0')
      .describe('attempt.seq'),
    type: listOf(z.string().max(64), 20).optional(),
    limit: z.int().min(1).max(2000).default(500),
  }),
  output: z.object({ items: z.array(EventShape), nextCursor: z.string(), hasMore: z.boolean() }),
  subject: ({ tx, input }) => runSubject(tx, input.runId),
  run: async ({ tx, input, subject }) => {
    const [attempt = 0, seq = 0] = input.cursor.split('.').map(Number)
    const types = input.type ?? null
    const rows = await tx.$queryRaw<z.input<typeof EventShape>[]>`
      SELECT a.number AS attempt, e.seq, e.type, e.at, e.step, e.payload FROM "run_event" e JOIN "attempt" a ON a.id = e."attemptId"
      WHERE a."runId" = ${subject.id}::uuid AND (a.number, e.seq) > (${attempt}::int, ${seq}::int)
        AND (${types}::text[] IS NULL OR e.type = ANY (${types}::text[]))
      ORDER BY a.number, e.seq LIMIT ${input.limit + 1}`
    const { items, last } = pageOf(rows, input.limit)
    // Where the events end today more may come: the cursor then stands at the newest of them.
    const newest = items.at(-1)
    return { items, nextCursor: newest ? `${newest.attempt}.${newest.seq}` : input.cursor, hasMore: last !== undefined }
  },
})

type PointRow = { attempt: number; type: string; step: number; at: Date; tokens: number | null } & Record<MetricName, number | null>

async function readPoints(tx: Tx, runId: string): Promise<Point[]> {
  const rows = await tx.$queryRaw<PointRow[]>`
    SELECT a.number AS attempt, e.type, e.step, e.at, (e.payload->>'tokens_seen')::float8 AS tokens, (e.payload->>'loss')::float8 AS loss,
      (e.payload->>'eval_loss')::float8 AS "evalLoss", (e.payload->>'lr')::float8 AS "learningRate",
      (e.payload->>'grad_norm')::float8 AS "gradNorm", (e.payload->>'tokens_per_s')::float8 AS "tokensPerSecond"
    FROM "run_event" e JOIN "attempt" a ON a.id = e."attemptId"
    WHERE a."runId" = ${runId}::uuid AND e.type IN ('metrics', 'eval') AND e.step IS NOT NULL
    ORDER BY a.number, e.seq`
  return rows.map(({ attempt, type, step, at, tokens, loss, evalLoss, learningRate, gradNorm, tokensPerSecond }) => ({
    attempt,
    step,
    at: at.getTime(),
    tokens,
    values: type === 'eval' ? { evalLoss } : { loss, learningRate, gradNorm, tokensPerSecond },
  }))
}

const figures = z.array(z.number().nullable())
const Columns = z.object({
  attempt: z.array(z.int()),
  step: z.array(z.int()),
  at: z.array(z.number()).describe('Milliseconds since 1970'),
  tokens: figures,
  loss: figures,
  evalLoss: figures,
  learningRate: figures,
  gradNorm: figures,
  tokensPerSecond: figures,
})

function columnsOf(points: readonly Point[]): z.input<typeof Columns> {
  const metric = (name: MetricName) => points.map((point) => point.values[name] ?? null)
  const { loss, evalLoss, learningRate, gradNorm, tokensPerSecond } = Object.fromEntries(METRIC_NAMES.map((name) => [name, metric(name)])) as Record<
    MetricName,
    (number | null)[]
  >
  return {
    attempt: points.map((point) => point.attempt),
    step: points.map((point) => point.step),
    at: points.map((point) => point.at),
    tokens: points.map((point) => point.tokens),
    loss,
    evalLoss,
    learningRate,
    gradNorm,
    tokensPerSecond,
  }
}

export const getRunSeries = operation('run:read', {
  name: 'getRunSeries',
  route: {
    method: 'GET',
    path: '/runs/{runId}/series',
    summary: 'Get the curves of a run, attempts joined',
    description: 'One column a figure. `superseded` holds what earlier attempts logged after the step a later one went on from.',
    tags: ['runs'],
  },
  input: ById.extend({ points: z.int().min(50).max(5000).default(1000).describe('About how many points at most; spikes and evaluations are kept') }),
  output: z.object({ current: Columns, superseded: Columns, total: z.int() }),
  subject: ({ tx, input }) => runSubject(tx, input.runId),
  run: async ({ tx, input, subject }) => {
    const { current, superseded } = mergeAttempts(await readPoints(tx, subject.id))
    return { current: columnsOf(decimate(current, input.points)), superseded: columnsOf(decimate(superseded, input.points)), total: current.length }
  },
})

export const runReadOperations = { getRun, listRuns, listRunEvents, getRunSeries }
