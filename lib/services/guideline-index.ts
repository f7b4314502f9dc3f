import { guidelineDocuments, type SearchDocument } from '#lib/domain/guideline-search.ts'
import { contentOf, findVersion } from './guideline-content.ts'
import type { Tx } from './operation.ts'

/** What the kept indexes may weigh together, in characters of folded text. */
const MOST_CHARACTERS = 16_000_000

type Kept = { documents: SearchDocument[]; weight: number }

// A published version never changes: what was once made of it stays right. The least recently used goes first.
const kept = new Map<string, Kept>()

const weigh = (documents: readonly SearchDocument[]): number =>
  documents.reduce((sum, { fields }) => sum + fields.reduce((more, { folded }) => more + folded.en.length + folded.zh.length, 0), 0)

function keep(versionId: string, entry: Kept): void {
  kept.delete(versionId)
  kept.set(versionId, entry)
  let sum = [...kept.values()].reduce((all, { weight }) => all + weight, 0)
  for (const [id, { weight }] of kept) {
    if (sum <= MOST_CHARACTERS || id === versionId) break
    kept.delete(id)
    sum -= weight
  }
}

/** What a search can find in a published version, kept in memory between searches. */
export async function documentsOf(tx: Tx, projectId: string, { id, version }: { id: string; version: string }): Promise<SearchDocument[]> {
  const found = kept.get(id)
  if (found) {
    keep(id, found)
    return found.documents
  }
  const row = await findVersion(tx, projectId, version)
  const documents = row ? guidelineDocuments(contentOf(row)) : []
  keep(id, { documents, weight: weigh(documents) })
  return documents
}
