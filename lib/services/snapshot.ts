import { z } from 'zod'
import { creatorOf } from '#lib/domain/actor.ts'
import { Int4 } from '#lib/domain/bounds.ts'
import { refuse } from '#lib/domain/errors.ts'
import { Failure } from '#lib/domain/failure.ts'
import { compositionOf, groupRows, Shares, SnapshotQuery, Split, splitRows } from '#lib/domain/snapshot.ts'
import { storedState } from '#lib/domain/state-schema.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { operation, type Tx } from './operation.ts'
import { pageOf } from './page.ts'
import { enqueue } from './queue.ts'
import { countUnapproved, listCandidates } from './snapshot-candidates.ts'
import { projectSubject } from './subject.ts'

const Counted = z.record(z.string(), z.int())

export const SnapshotManifest = z.object({
  formatVersion: z.literal(1),
  query: SnapshotQuery,
  seed: z.string(),
  shares: Shares,
  rowCount: z.int(),
  splits: z.record(Split, z.int()),
  groups: z.int(),
  categories: Counted,
  languages: Counted,
  guidelineVersions: Counted,
  authors: z.int(),
  reviewers: z.int(),
  excluded: Counted.describe('Conversations of the project that were not taken, by reason'),
  contentHash: z.string(),
})
export type SnapshotManifest = z.infer<typeof SnapshotManifest>

const Summary = z.object({
  id: z.uuid(),
  projectId: z.uuid(),
  name: z.string(),
  state: storedState('snapshot'),
  rowCount: z.int(),
  contentHash: z.string().nullable(),
  createdAt: z.date(),
  frozenAt: z.date().nullable(),
  failure: Failure.nullable(),
})
const Detail = Summary.extend({
  query: SnapshotQuery,
  seed: z.string(),
  shares: Shares,
  manifest: SnapshotManifest.nullable(),
  builds: z.array(z.object({ id: z.uuid(), state: storedState('build') })),
})

type Row = { state: string; query: unknown; shares: unknown; manifest: unknown; failure: unknown }
const shape = <R extends Row>(row: R) => ({
  ...row,
  query: SnapshotQuery.parse(row.query),
  shares: Shares.parse(row.shares),
  manifest: row.manifest === null ? null : SnapshotManifest.parse(row.manifest),
  failure: row.failure === null ? null : Failure.parse(row.failure),
})

export async function snapshotSubject(tx: Tx, snapshotId: string) {
  return tx.snapshot.findUnique({ where: { id: snapshotId } })
}

const Choice = z.strictObject({
  projectId: z.uuid(),
  query: SnapshotQuery.default({}),
  seed: z.string().min(1).max(100).default('1'),
  shares: Shares.default({ train: 0.9, validation: 0.05, test: 0.05 }),
})

export const previewSnapshot = operation('snapshot:freeze', {
  name: 'previewSnapshot',
  // A POST because its query is a document; it changes nothing.
  route: {
    method: 'POST',
    path: '/projects/{projectId}/snapshot-previews',
    summary: 'What a snapshot would hold if it were frozen now',
    tags: ['snapshots'],
  },
  input: Choice,
  output: z.object({
    rowCount: z.int(),
    groups: z.int(),
    splits: z.record(Split, z.int()),
    categories: Counted,
    languages: Counted,
    guidelineVersions: Counted,
    authors: z.int(),
    turns: z.int(),
    characters: z.int(),
    equalTexts: z.int().describe('Rows whose text occurs more than once'),
    excluded: Counted,
  }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  event: null,
  run: async ({ tx, input, subject }) => {
    const candidates = await listCandidates(tx, subject.id, input.query)
    const rows = await splitRows(groupRows(candidates), input.seed, input.shares)
    const byText = Map.groupBy(candidates, (row) => row.contentHash)
    return {
      ...compositionOf(candidates, rows),
      turns: candidates.reduce((sum, row) => sum + row.turns, 0),
      characters: candidates.reduce((sum, row) => sum + row.characters, 0),
      equalTexts: [...byText.values()].filter((list) => list.length > 1).reduce((sum, list) => sum + list.length, 0),
      excluded: await countUnapproved(tx, subject.id, candidates.length),
    }
  },
})

export const freezeSnapshot = operation('snapshot:freeze', {
  name: 'freezeSnapshot',
  route: {
    method: 'POST',
    path: '/projects/{projectId}/snapshots',
    summary: 'Freeze the approved conversations that match',
    successStatus: 201,
    description: 'Answers at once with the snapshot in state freezing; the worker lists and hashes the rows. A frozen snapshot never changes.',
    tags: ['snapshots'],
  },
  input: Choice.extend({ name: z.string().trim().min(1).max(120) }),
  output: Detail,
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  event: 'snapshot.freeze-requested',
  run: async ({ tx, input, actor, subject, note }) => {
    const taken = await tx.snapshot.findUnique({ where: { projectId_name: { projectId: subject.id, name: input.name } }, select: { id: true } })
    if (taken) refuse('already-exists', `There is a snapshot called “${input.name}” already. Choose another name.`)
    const [first] = await listCandidates(tx, subject.id, input.query, 1)
    if (!first) refuse('nothing-to-freeze', 'No approved conversation matches. Widen the query, or approve some work first.')
    const snapshot = await tx.snapshot.create({
      data: {
        projectId: subject.id,
        name: input.name,
        query: input.query,
        seed: input.seed,
        shares: input.shares,
        createdById: creatorOf(actor),
      },
    })
    await enqueue(tx, 'snapshot.freeze', { snapshotId: snapshot.id }, { key: snapshot.id })
    note({ snapshotId: snapshot.id, name: snapshot.name, query: input.query })
    return { ...shape(snapshot), builds: [] }
  },
})

export const getSnapshot = operation('snapshot:read', {
  name: 'getSnapshot',
  route: { method: 'GET', path: '/snapshots/{snapshotId}', summary: 'A snapshot with its manifest', tags: ['snapshots'] },
  input: z.strictObject({ snapshotId: z.uuid() }),
  output: Detail,
  subject: ({ tx, input }) => snapshotSubject(tx, input.snapshotId),
  run: async ({ tx, subject }) => ({
    ...shape(subject),
    builds: await tx.build.findMany({ where: { snapshotId: subject.id }, select: { id: true, state: true }, orderBy: { createdAt: 'desc' } }),
  }),
})

export const listSnapshots = operation('snapshot:read', {
  name: 'listSnapshots',
  route: { method: 'GET', path: '/projects/{projectId}/snapshots', summary: 'Snapshots, newest first', tags: ['snapshots'] },
  input: z.strictObject({ projectId: z.uuid(), cursor: z.uuid().optional(), limit: z.int().min(1).max(200).default(50) }),
  output: z.object({ items: z.array(Summary), nextCursor: z.string().nullable() }),
  subject: ({ tx, input, actor }) => projectSubject(tx, input.projectId, actor),
  run: async ({ tx, input, subject }) => {
    // Ids are UUIDv7: their order is the order of creation.
    const rows = await tx.snapshot.findMany({
      where: { projectId: subject.id, ...(input.cursor ? { id: { lt: input.cursor } } : {}) },
      orderBy: { id: 'desc' },
      take: input.limit + 1,
    })
    const { items, last } = pageOf(rows, input.limit)
    return { items: items.map(shape), nextCursor: last?.id ?? null }
  },
})

export const listSnapshotRows = operation('snapshot:read', {
  name: 'listSnapshotRows',
  route: { method: 'GET', path: '/snapshots/{snapshotId}/rows', summary: 'Rows of a snapshot in order', tags: ['snapshots'] },
  input: z.strictObject({
    snapshotId: z.uuid(),
    after: Int4.min(-1).default(-1),
    limit: z.int().min(1).max(200).default(50),
    split: Split.optional(),
  }),
  output: z.object({
    items: z.array(
      z.object({
        position: z.int(),
        conversationId: z.uuid(),
        revisionId: z.uuid(),
        split: Split,
        groupKey: z.string(),
        contentHash: z.string(),
        firstUserText: z.string(),
      }),
    ),
    nextAfter: z.int().nullable(),
  }),
  subject: ({ tx, input }) => snapshotSubject(tx, input.snapshotId),
  run: async ({ tx, input, subject }) => {
    const rows = await tx.snapshotRow.findMany({
      where: { snapshotId: subject.id, position: { gt: input.after }, ...(input.split ? { split: input.split } : {}) },
      orderBy: { position: 'asc' },
      take: input.limit + 1,
      include: { conversation: { select: { firstUserText: true } } },
    })
    const { items, last } = pageOf(rows, input.limit)
    return {
      items: items.map(({ conversation, ...row }) => ({ ...row, split: Split.parse(row.split), firstUserText: conversation.firstUserText })),
      nextAfter: last?.position ?? null,
    }
  },
})

const Difference = z.object({ onlyHere: z.int(), onlyThere: z.int(), inBoth: z.int(), changedText: z.int(), movedSplit: z.int() })

export const diffSnapshots = operation('snapshot:read', {
  name: 'diffSnapshots',
  route: {
    method: 'GET',
    path: '/snapshots/{snapshotId}/diff/{otherId}',
    summary: 'What two snapshots of one project do not share',
    tags: ['snapshots'],
  },
  input: z.strictObject({ snapshotId: z.uuid(), otherId: z.uuid() }),
  output: Difference,
  subject: ({ tx, input }) => snapshotSubject(tx, input.snapshotId),
  run: async ({ tx, input, subject }) => {
    const other = await snapshotSubject(tx, input.otherId)
    if (other?.projectId !== subject.projectId) return refuse('not-found', 'There is no such snapshot to compare with.')
    const [counts] = await tx.$queryRaw<z.infer<typeof Difference>[]>(Prisma.sql`
      SELECT count(*) FILTER (WHERE b."conversationId" IS NULL)::int AS "onlyHere", count(*) FILTER (WHERE a."conversationId" IS NULL)::int AS "onlyThere",
        count(*) FILTER (WHERE a."conversationId" = b."conversationId")::int AS "inBoth", count(*) FILTER (WHERE a."contentHash" <> b."contentHash")::int AS "changedText",
        count(*) FILTER (WHERE a.split <> b.split)::int AS "movedSplit"
      FROM (SELECT * FROM "snapshot_row" WHERE "snapshotId" = ${subject.id}::uuid) a
      FULL JOIN (SELECT * FROM "snapshot_row" WHERE "snapshotId" = ${other.id}::uuid) b ON a."conversationId" = b."conversationId"`)
    return counts ?? { onlyHere: 0, onlyThere: 0, inBoth: 0, changedText: 0, movedSplit: 0 }
  },
})

export const snapshotOperations = { previewSnapshot, freezeSnapshot, getSnapshot, listSnapshots, listSnapshotRows, diffSnapshots }
