import { z } from 'zod'
import { TimeText } from './bounds.ts'
import { contentHash } from './content-hash.ts'

/** Which approved conversations a snapshot takes. An absent filter takes all. */
export const SnapshotQuery = z.strictObject({
  categories: z.array(z.string()).max(200).optional(),
  languages: z.array(z.string()).max(50).optional(),
  tags: z.array(z.string()).max(200).optional().describe('Conversations with at least one of these tags'),
  excludeTags: z.array(z.string()).max(200).optional(),
  approvedFrom: TimeText.optional(),
  approvedTo: TimeText.optional(),
})
export type SnapshotQuery = z.infer<typeof SnapshotQuery>

export const Split = z.enum(['train', 'validation', 'test'])
export type Split = z.infer<typeof Split>

/** Shares of the groups, adding up to 1. */
export const Shares = z
  .strictObject({ train: z.number().min(0).max(1), validation: z.number().min(0).max(1), test: z.number().min(0).max(1) })
  .refine(({ train, validation, test }) => Math.abs(train + validation + test - 1) < 1e-9, { message: 'the three shares must add up to 1' })
export type Shares = z.infer<typeof Shares>

export type Candidate = { conversationId: string; revisionId: string; promptId: string; contentHash: string }
export type Grouped = Candidate & { groupKey: string }
export type SplitRow = Grouped & { split: Split }

/**
 * Groups that must stay together: answers to one prompt, and equal texts wherever they come from (union-find over both).
 * The key is the smallest prompt id of the group, so it does not depend on the order of rows.
 */
export function groupRows(rows: readonly Candidate[]): Grouped[] {
  const parent = new Map<string, string>()
  const find = (key: string): string => {
    let root = key
    while (parent.get(root) !== undefined && parent.get(root) !== root) root = parent.get(root) ?? root
    let at = key
    while (at !== root) {
      const next = parent.get(at) ?? root
      parent.set(at, root)
      at = next
    }
    return root
  }
  // The smaller id becomes the root, which makes the key independent of the order of unions.
  const unite = (a: string, b: string) => {
    const [small = a, large = b] = [find(a), find(b)].sort()
    if (small !== large) parent.set(large, small)
  }
  const promptOfText = new Map<string, string>()
  for (const row of rows) {
    if (!parent.has(row.promptId)) parent.set(row.promptId, row.promptId)
    const twin = promptOfText.get(row.contentHash)
    if (twin === undefined) promptOfText.set(row.contentHash, row.promptId)
    else unite(twin, row.promptId)
  }
  return rows.map((row) => ({ ...row, groupKey: find(row.promptId) }))
}

/** A number in [0, 1) from a group and the seed alone: other rows coming or going never move this one. */
async function place(seed: string, groupKey: string): Promise<number> {
  const hash = await contentHash([seed, groupKey])
  return Number.parseInt(hash.slice(0, 13), 16) / 2 ** 52
}

/** Gives every group its split. */
export async function splitRows(rows: readonly Grouped[], seed: string, shares: Shares): Promise<SplitRow[]> {
  const splits = new Map<string, Split>()
  for (const { groupKey } of rows) {
    if (splits.has(groupKey)) continue
    const at = await place(seed, groupKey)
    splits.set(groupKey, at < shares.train ? 'train' : at < shares.train + shares.validation ? 'validation' : 'test')
  }
  return rows.map((row) => ({ ...row, split: splits.get(row.groupKey) ?? 'train' }))
}

/** What a snapshot is: hash over its rows in order (text and split), by content alone. Ids of the database do not enter. */
export const snapshotHash = (rows: readonly Pick<SplitRow, 'contentHash' | 'split'>[]): Promise<string> =>
  contentHash(rows.map((row) => [row.contentHash, row.split]))

/** Occurrences of each value. */
function countOf<K extends string>(values: readonly K[], start: Partial<Record<K, number>> = {}): Record<K, number> {
  const counts = { ...start } as Record<K, number>
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1
  return counts
}

type Described = { authorId: string; category: string; language: string; guidelineVersion: string | null }

/** What a snapshot is made of, before it is frozen and in its manifest. */
export const compositionOf = (candidates: readonly Described[], rows: readonly SplitRow[]) => ({
  rowCount: rows.length,
  groups: new Set(rows.map((row) => row.groupKey)).size,
  splits: countOf<Split>(
    rows.map((row) => row.split),
    { train: 0, validation: 0, test: 0 },
  ),
  categories: countOf(candidates.map((row) => row.category)),
  languages: countOf(candidates.map((row) => row.language)),
  guidelineVersions: countOf(candidates.map((row) => row.guidelineVersion ?? NO_GUIDELINE)),
  authors: new Set(candidates.map((row) => row.authorId)).size,
})

/** Under this name a manifest counts what was written before there was a guideline. */
export const NO_GUIDELINE = 'none'
