import type { Failure } from '#lib/domain/failure.ts'
import { compositionOf, groupRows, Shares, SnapshotQuery, type SplitRow, snapshotHash, splitRows } from '#lib/domain/snapshot.ts'
import type { Snapshot } from '#lib/generated/prisma/client.ts'
import { auditByWorker } from './audit.ts'
import type { SnapshotManifest } from './snapshot.ts'
import { type CandidateRow, countUnapproved, listCandidates } from './snapshot-candidates.ts'
import { type Tx, transact } from './transaction.ts'
import { transition } from './transition.ts'

const ROWS_PER_INSERT = 5000

type Chosen = { query: SnapshotQuery; seed: string; shares: Shares }

async function manifestOf(
  tx: Tx,
  snapshotId: string,
  projectId: string,
  chosen: Chosen,
  candidates: CandidateRow[],
  rows: SplitRow[],
): Promise<SnapshotManifest> {
  const [reviewers] = await tx.$queryRaw<{ n: number }[]>`
    SELECT count(DISTINCT v."reviewerId")::int AS n FROM "snapshot_row" s JOIN "review" v ON v."revisionId" = s."revisionId"
    WHERE s."snapshotId" = ${snapshotId}::uuid AND v."withdrawnAt" IS NULL`
  return {
    formatVersion: 1,
    ...chosen,
    ...compositionOf(candidates, rows),
    reviewers: reviewers?.n ?? 0,
    excluded: await countUnapproved(tx, projectId, candidates.length),
    contentHash: await snapshotHash(rows),
  }
}

const auditEnd = (tx: Tx, { id, projectId }: Snapshot, event: 'snapshot.frozen' | 'snapshot.failed', data: Record<string, unknown>) =>
  auditByWorker(tx, { projectId, event, job: 'snapshot.freeze', action: 'snapshot:freeze', subjectId: id, data })

/** Ends a freeze that cannot be finished, with the reason people read. */
export async function failSnapshot(tx: Tx, snapshot: Snapshot, failure: Failure): Promise<void> {
  await transition(tx, 'snapshot', snapshot, 'failed', { failure })
  await auditEnd(tx, snapshot, 'snapshot.failed', { code: failure.code })
}

/** The job `snapshot.freeze`: lists, groups, splits, hashes and freezes in one transaction, so that a snapshot is whole or not at all. */
export async function runFreeze({ snapshotId }: { snapshotId: string }): Promise<void> {
  await transact(async (tx) => {
    const snapshot = await tx.snapshot.findUnique({ where: { id: snapshotId } })
    if (snapshot?.state !== 'freezing') return
    const chosen = { query: SnapshotQuery.parse(snapshot.query), seed: snapshot.seed, shares: Shares.parse(snapshot.shares) }
    const candidates = await listCandidates(tx, snapshot.projectId, chosen.query)
    if (candidates.length === 0) {
      return failSnapshot(tx, snapshot, {
        code: 'nothing-to-freeze',
        detail: 'The matching conversations were withdrawn or changed before they could be frozen.',
        cure: 'Approve some work, or widen the query, and freeze again under another name.',
      })
    }
    const rows = await splitRows(groupRows(candidates), chosen.seed, chosen.shares)
    for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) {
      const part = rows.slice(start, start + ROWS_PER_INSERT)
      await tx.snapshotRow.createMany({
        data: part.map(({ conversationId, revisionId, split, groupKey, contentHash }, index) => ({
          snapshotId,
          position: start + index,
          conversationId,
          revisionId,
          split,
          groupKey,
          contentHash,
        })),
      })
    }
    const manifest = await manifestOf(tx, snapshotId, snapshot.projectId, chosen, candidates, rows)
    const { contentHash } = manifest
    await transition(tx, 'snapshot', snapshot, 'frozen', { rowCount: rows.length, contentHash, manifest, frozenAt: new Date() })
    await auditEnd(tx, snapshot, 'snapshot.frozen', { rowCount: rows.length, contentHash })
  })
}
