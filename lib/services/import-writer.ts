import { randomUUID } from 'node:crypto'
import { db } from '#lib/db.ts'
import { contentHash } from '#lib/domain/content-hash.ts'
import { type AuditRecord, appendAudit } from './audit.ts'
import { currentGuideline } from './current-guideline.ts'
import { tell } from './import-faults.ts'
import type { Batch } from './import-queue.ts'
import type { Fault, ReadRow } from './import-reader.ts'
import { type ImportEnd, type ImportFailure, type ImportTarget, type OpenedImport, promptOf } from './import-target.ts'
import { insertPrompts, type NewPrompt, promptHash } from './prompt-insert.ts'
import { summaryOf } from './revision.ts'
import { type Tx, transact } from './transaction.ts'
import { transition } from './transition.ts'

/** A row that was put into the project, as which prompt. */
type TakenRow = { row: ReadRow; prompt: NewPrompt; promptId: string }

/** Writes the rows of a file into the project, batch by batch; what was written stands, whatever happens after it. */
export class ImportWriter implements ImportTarget {
  readonly id: string
  readonly #opened: OpenedImport

  private constructor(opened: OpenedImport, id: string) {
    this.#opened = opened
    this.id = id
  }

  static async open(opened: OpenedImport): Promise<ImportWriter> {
    const { projectId, personId, query } = opened
    const { id } = await db.promptImport.create({
      data: { projectId, fileName: query.fileName, format: query.format, createdById: personId },
      select: { id: true },
    })
    return new ImportWriter(opened, id)
  }

  async write({ rows, faults, faulty }: Batch): Promise<readonly ReadRow[]> {
    const { projectId, query } = this.#opened
    const prompts = rows.map((row) => promptOf(this.#opened, row))
    return transact(async (tx) => {
      const inserted = prompts.length > 0 ? await insertPrompts(tx, projectId, this.id, prompts) : new Map<string, string>()
      // Each prompt takes one row: one that repeats it in the same batch is a duplicate, as it would be in the next.
      const untaken = new Map(inserted)
      const taken = rows.flatMap((row, at): TakenRow[] => {
        const prompt = prompts[at]
        const hash = prompt ? promptHash(prompt) : ''
        const promptId = untaken.get(hash)
        untaken.delete(hash)
        return prompt && promptId ? [{ row, prompt, promptId }] : []
      })
      if (query.answers === 'submit') await submitAnswers(tx, this.#opened, taken)
      if (faults.length > 0) await insertFaults(tx, this.id, faults)
      // Counted with the rows themselves: whoever kills this process finds a balanced account of what came in.
      await tx.promptImport.update({
        where: { id: this.id },
        data: {
          candidates: { increment: rows.length + faulty },
          imported: { increment: inserted.size },
          duplicates: { increment: rows.length - inserted.size },
          faulty: { increment: faulty },
          touchedAt: new Date(),
        },
      })
      return taken.map(({ row }) => row)
    })
  }

  async touch(): Promise<void> {
    await db.promptImport.update({ where: { id: this.id }, data: { touchedAt: new Date() } })
  }

  async close({ format, bytes, fileHash, failure }: ImportEnd): Promise<void> {
    await transact((tx) => closeImport(tx, this.id, failure, this.#opened.caller, { format, byteLength: bytes, fileHash }))
  }
}

/** By one statement, as prompts are: a thousand rows of ten columns take the client a second. */
async function insertFaults(tx: Tx, importId: string, faults: readonly Fault[]): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO "import_fault" ("importId", row, line, "column", field, code, facts, message, cure, excerpt)
    SELECT ${importId}::uuid, f.row, f.line, f."column", f.field, f.code, f.facts, f.message, f.cure, f.excerpt
    FROM jsonb_to_recordset(${JSON.stringify(faults.map(tell))}::jsonb) AS f(row int, line int, "column" int, field text, code text, facts jsonb,
      message text, cure text, excerpt text)
    ON CONFLICT DO NOTHING`
}

/** Ends an import and writes its one audit event, also when it broke off: its rows are in the project by then. */
export async function closeImport(
  tx: Tx,
  importId: string,
  failure: ImportFailure | null,
  caller: Pick<AuditRecord, 'actor' | 'requestId' | 'via'>,
  patch: Record<string, unknown> = {},
): Promise<void> {
  const row = await tx.promptImport.findUniqueOrThrow({ where: { id: importId } })
  const state = failure ? 'interrupted' : 'finished'
  if (row.state === state) return
  await transition(tx, 'promptImport', row, state, { ...patch, ...(failure ? { failure } : {}), finishedAt: new Date() })
  const { projectId, fileName, candidates, imported, duplicates, faulty } = row
  await appendAudit(tx, {
    ...caller,
    projectId,
    event: 'prompts.imported',
    operation: 'importPrompts',
    action: 'prompt:import',
    subjectId: projectId,
    data: { importId, fileName, candidates, imported, duplicates, faulty, state, ...(failure ? { failure: failure.code } : {}) },
  })
}

/** Rows with an answer become submitted conversations of the importer, set by set. */
async function submitAnswers(tx: Tx, { projectId, personId }: OpenedImport, taken: readonly TakenRow[]): Promise<void> {
  const guideline = await currentGuideline(tx, projectId)
  const now = new Date()
  const made = await Promise.all(
    taken.map(async ({ row: { mapped }, prompt, promptId }) => {
      if (!mapped.hasAnswer) return []
      const { messages, tools } = mapped
      const conversationId = randomUUID()
      const revisionId = randomUUID()
      const shared = { projectId, guidelineVersionId: guideline?.id ?? null }
      return [
        {
          conversation: {
            ...shared,
            ...summaryOf(messages),
            id: conversationId,
            promptId,
            authorId: personId,
            state: 'submitted',
            round: 1,
            currentRevisionId: revisionId,
            category: prompt.category,
            language: prompt.language,
            tags: prompt.tags,
            submittedAt: now,
            updatedAt: now,
          },
          revision: {
            ...shared,
            id: revisionId,
            conversationId,
            number: 1,
            editorId: personId,
            kind: 'authored',
            messages,
            tools,
            contentHash: await contentHash({ messages, tools }),
          },
        },
      ]
    }),
  )
  const all = made.flat()
  await tx.conversation.createMany({ data: all.map(({ conversation }) => conversation) })
  await tx.revision.createMany({ data: all.map(({ revision }) => revision) })
  const answered = all.map(({ conversation }) => conversation.promptId)
  await tx.$executeRaw`UPDATE "prompt" SET "openSlots" = "openSlots" - 1 WHERE id = ANY (${answered}::uuid[])`
}
