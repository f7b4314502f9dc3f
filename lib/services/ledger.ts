import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { artifactPath } from '#lib/adapters/artifacts/store.ts'
import { Int4 } from '#lib/domain/bounds.ts'
import { refuse } from '#lib/domain/errors.ts'
import { buildSubject } from './build.ts'
import { rebuildAndCompare } from './build-run.ts'
import { operation } from './operation.ts'
import { pageOf } from './page.ts'

const Outcome = z.enum(['exported', 'excluded', 'truncated'])

export const listLedger = operation('build:read', {
  name: 'listLedger',
  route: { method: 'GET', path: '/builds/{buildId}/ledger', summary: 'What became of every candidate row', tags: ['builds'] },
  input: z.strictObject({
    buildId: z.uuid(),
    outcome: Outcome.optional(),
    after: Int4.min(-1).default(-1),
    limit: z.int().min(1).max(200).default(50),
  }),
  output: z.object({
    items: z.array(
      z.object({
        position: z.int(),
        conversationId: z.uuid(),
        revisionId: z.uuid(),
        split: z.string(),
        outcome: Outcome,
        reason: z.string().nullable(),
        detail: z.string().nullable(),
        rowIndex: z.int().nullable(),
        tokens: z.int(),
        trainedTokens: z.int(),
        truncatedTokens: z.int(),
      }),
    ),
    nextAfter: z.int().nullable(),
  }),
  subject: ({ tx, input }) => buildSubject(tx, input.buildId),
  run: async ({ tx, input, subject }) => {
    const rows = await tx.ledgerEntry.findMany({
      where: { buildId: subject.id, position: { gt: input.after }, ...(input.outcome ? { outcome: input.outcome } : {}) },
      orderBy: { position: 'asc' },
      take: input.limit + 1,
    })
    const { items, last } = pageOf(rows, input.limit)
    return {
      items: items.map((row) => ({ ...row, outcome: Outcome.parse(row.outcome) })),
      nextAfter: last?.position ?? null,
    }
  },
})

const BUCKETS = 24

export const getBuildHistogram = operation('build:read', {
  name: 'getBuildHistogram',
  route: { method: 'GET', path: '/builds/{buildId}/histogram', summary: 'How long the exported rows are, in tokens', tags: ['builds'] },
  input: z.strictObject({ buildId: z.uuid() }),
  output: z.object({ width: z.int().describe('Tokens a bar spans'), bars: z.array(z.int()), longest: z.int() }),
  subject: ({ tx, input }) => buildSubject(tx, input.buildId),
  run: async ({ tx, subject }) => {
    const [{ longest } = { longest: 0 }] = await tx.$queryRaw<{ longest: number }[]>`
      SELECT coalesce(max(tokens), 0)::int AS longest FROM "ledger_entry" WHERE "buildId" = ${subject.id}::uuid AND outcome <> 'excluded'`
    const width = Math.max(1, Math.ceil((longest + 1) / BUCKETS))
    const rows = await tx.$queryRaw<{ bar: number; n: number }[]>`
      SELECT (tokens / ${width}::int)::int AS bar, count(*)::int AS n FROM "ledger_entry" WHERE "buildId" = ${subject.id}::uuid AND outcome <> 'excluded' GROUP BY 1`
    const bars = Array.from({ length: BUCKETS }, (_, bar) => rows.find((row) => row.bar === bar)?.n ?? 0)
    return { width, bars, longest }
  },
})

export const verifyBuild = operation('build:read', {
  name: 'verifyBuild',
  route: {
    method: 'POST',
    path: '/builds/{buildId}/verification',
    summary: 'Build again from the snapshot and compare every byte',
    tags: ['builds'],
  },
  input: z.strictObject({ buildId: z.uuid() }),
  output: z.object({ isEqual: z.boolean(), buildHash: z.string(), differences: z.array(z.string()).describe('Files that differ') }),
  subject: ({ tx, input }) => buildSubject(tx, input.buildId),
  // It may take minutes and writes nothing to the database but its audit event.
  transaction: 'none',
  event: 'build.verified',
  run: async ({ subject, signal, note }) => {
    if (subject.state !== 'ready') return refuse('build-not-ready', `The build is ${subject.state}.`, { state: subject.state })
    const result = await rebuildAndCompare(subject, artifactPath('verify', randomUUID()), signal)
    note({ isEqual: result.isEqual, differences: result.differences })
    return result
  },
})

export const ledgerOperations = { listLedger, getBuildHistogram, verifyBuild }
