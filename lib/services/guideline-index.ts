import { guidelineDocuments, type SearchDocument } from '#lib/domain/guideline-search.ts'
import { WeighedCache } from '#lib/domain/weighed-cache.ts'
import { contentOf, findVersion } from './guideline-content.ts'
import type { Tx } from './operation.ts'

/** What the kept versions may weigh together, in characters of folded text. */
const MOST_CHARACTERS = 16_000_000

// A published version never changes: what was once made of it stays right.
const kept = new WeighedCache<SearchDocument[]>(MOST_CHARACTERS)

const weigh = (documents: readonly SearchDocument[]): number =>
  documents.reduce((sum, { fields }) => sum + fields.reduce((more, { folded }) => more + folded.en.length + folded.zh.length, 0), 0)

/** What a search can find in a published version, kept in memory between searches. */
export async function documentsOf(tx: Tx, projectId: string, { id, version }: { id: string; version: string }): Promise<SearchDocument[]> {
  const found = kept.find(id)
  if (found) return found
  const row = await findVersion(tx, projectId, version)
  const documents = row ? guidelineDocuments(contentOf(row)) : []
  kept.keep(id, documents, weigh(documents))
  return documents
}
