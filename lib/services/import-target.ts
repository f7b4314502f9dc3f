import { promptLanguage } from '#lib/domain/import/script-language.ts'
import type { AuditRecord } from './audit.ts'
import type { ImportQuery } from './import.ts'
import type { Batch } from './import-queue.ts'
import type { ReadRow } from './import-reader.ts'
import type { NewPrompt } from './prompt-insert.ts'

/** Into which project, for whom and how a file is imported. */
export type OpenedImport = {
  projectId: string
  projectLanguage: string
  personId: string
  query: ImportQuery
  caller: Pick<AuditRecord, 'actor' | 'requestId' | 'via'>
}

export type ImportFailure = { code: string; detail: string }
export type ImportEnd = { format: string; bytes: number; fileHash: string; failure: ImportFailure | null }

/** Where the rows of a file go: into the project, or, in a dry run, nowhere. */
export type ImportTarget = {
  /** Of the import's row; null when nothing of it stays. */
  readonly id: string | null
  /** Takes a batch and says which of its rows were new. */
  write(batch: Batch): Promise<readonly ReadRow[]>
  /** Says that the file still comes in. */
  touch(): Promise<void>
  close(end: ImportEnd): Promise<void>
}

/** The prompt a row is put into the project as: up to its last question. */
export function promptOf({ query, projectLanguage }: OpenedImport, { mapped: { hasAnswer: _hasAnswer, ...mapped } }: ReadRow): NewPrompt {
  const end = mapped.messages.findLastIndex((turn) => turn.role === 'user') + 1
  const messages = mapped.messages.slice(0, end)
  return {
    ...mapped,
    messages,
    category: mapped.category || query.category,
    language: mapped.language || query.language || promptLanguage(messages, projectLanguage),
    source: mapped.source || query.source || query.fileName,
    licence: mapped.licence || query.licence,
    answersWanted: query.answersWanted,
    priority: 0,
  }
}
