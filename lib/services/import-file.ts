import { randomUUID } from 'node:crypto'
import { db } from '#lib/db.ts'
import { contentHash } from '#lib/domain/content-hash.ts'
import { type ErrorCode, Refusal } from '#lib/domain/errors.ts'
import { currentGuideline } from './current-guideline.ts'
import type { ImportQuery } from './import.ts'
import { type Fault, ImportReader, type Read, type ReadRow } from './import-reader.ts'
import { insertPrompts, type NewPrompt, promptHash } from './prompt-insert.ts'
import { summaryOf } from './revision.ts'
import { type Tx, transact } from './transaction.ts'

const BATCH = 1000
const SHOWN_FAULTS = 100
/** More faults than this are counted but not kept: such a file wants another format, not a list. */
const KEPT_FAULTS = 10_000
const SAMPLES = 5

type Opened = { projectId: string; personId: string; query: ImportQuery }

type Counts = { candidates: number; imported: number; duplicates: number; faulty: number }

/** One file on its way into a project. */
export class ImportFile {
  readonly #opened: Opened
  readonly #id: string | null
  readonly #reader: ImportReader
  readonly #counts: Counts = { candidates: 0, imported: 0, duplicates: 0, faulty: 0 }
  readonly #faults: Fault[] = []
  readonly #samples: string[] = []
  /** Beginnings of hashes of rows seen in a dry run, which has no table to tell duplicates. */
  readonly #seen = new Set<string>()
  #keptFaults = 0
  #waiting: ReadRow[] = []
  #newFaults: Fault[] = []
  #writing: Promise<void> = Promise.resolve()

  private constructor(opened: Opened, id: string | null) {
    this.#opened = opened
    this.#id = id
    const { format, answers, replacements } = opened.query
    this.#reader = new ImportReader(format === 'auto' ? null : format, { keepAnswers: answers === 'submit', replacements })
  }

  static async open(opened: Opened): Promise<ImportFile> {
    const { projectId, personId, query } = opened
    if (query.dryRun) return new ImportFile(opened, null)
    const row = await db.promptImport.create({
      data: { id: randomUUID(), projectId, fileName: query.fileName, format: query.format, createdById: personId },
    })
    return new ImportFile(opened, row.id)
  }

  /** Reads to the end. Rows of finished batches stand, whatever happens after them. */
  async read(body: ReadableStream<Uint8Array>, declared: number | null, signal: AbortSignal | undefined) {
    let broken: Refusal | null = null
    try {
      broken = await this.#drain(body, signal)
      if (!broken) this.#take(this.#reader.end())
      await this.#flush()
      await this.#writing
    } catch (error) {
      await this.#writing.catch(() => {})
      await this.#close()
      throw error instanceof Refusal ? this.#withCounts(error.code, error.message) : error
    }
    const fileHash = this.#reader.fileHash()
    await this.#close(fileHash)
    if (broken) throw this.#withCounts(broken.code, broken.message)
    if (declared !== null && declared !== this.#reader.bytesSeen) {
      throw this.#withCounts('file-incomplete', `${declared} bytes were announced and ${this.#reader.bytesSeen} arrived.`)
    }
    return this.#result(fileHash)
  }

  /** Reads while bytes come. A transfer that breaks off is told apart from everything of ours that may fail. */
  async #drain(body: ReadableStream<Uint8Array>, signal: AbortSignal | undefined): Promise<Refusal | null> {
    const bytes = body.getReader()
    try {
      for (;;) {
        const next = await bytes
          .read()
          .catch((error: unknown) => (error instanceof Refusal ? error : new Refusal('file-incomplete', 'The transfer broke off.')))
        if (next instanceof Refusal) return next
        if (next.done) return null
        if (signal?.aborted) return new Refusal('file-incomplete', 'The transfer was broken off.')
        this.#take(this.#reader.push(next.value))
        while (this.#waiting.length >= BATCH) await this.#flush()
      }
    } finally {
      bytes.releaseLock()
    }
  }

  #withCounts(code: ErrorCode, why: string): Refusal {
    const { imported } = this.#counts
    if (imported === 0 || this.#id === null) return new Refusal(code, why)
    return new Refusal(code, `${why} ${imported} rows were imported before that; send the file again, rows that are there are recognised.`, {
      importId: this.#id,
      ...this.#counts,
    })
  }

  #result(fileHash: string) {
    const { query } = this.#opened
    return {
      id: this.#id,
      fileName: query.fileName,
      format: this.#reader.format ?? query.format,
      isDryRun: query.dryRun,
      ...this.#counts,
      bytes: this.#reader.bytesSeen,
      fileHash,
      faults: this.#faults,
      samples: this.#samples,
    }
  }

  #take({ rows, faults }: Read): void {
    this.#waiting.push(...rows)
    this.#newFaults.push(...faults)
    this.#counts.candidates += rows.length + faults.length
    this.#counts.faulty += faults.length
    this.#faults.push(...faults.slice(0, Math.max(0, SHOWN_FAULTS - this.#faults.length)))
    for (const { mapped } of rows.slice(0, Math.max(0, SAMPLES - this.#samples.length))) this.#samples.push(summaryOf(mapped.messages).firstUserText)
  }

  #promptOf({ mapped }: ReadRow): NewPrompt {
    const { query } = this.#opened
    const end = mapped.messages.findLastIndex((turn) => turn.role === 'user') + 1
    return {
      ...mapped,
      messages: mapped.messages.slice(0, end),
      category: mapped.category || query.category,
      language: mapped.language || query.language,
      source: mapped.source || query.source || query.fileName,
      licence: mapped.licence || query.licence,
      answersWanted: query.answersWanted,
      priority: 0,
    }
  }

  /** Hands the next batch to the database and reads on while it is written; never more than one is under way. */
  async #flush(): Promise<void> {
    await this.#writing
    const rows = this.#waiting.splice(0, BATCH)
    const faults = this.#newFaults.splice(0)
    this.#writing = this.#id === null ? this.#count(rows) : this.#write(this.#id, rows, faults)
    // A failure surfaces at the next batch; until then it must not count as unhandled.
    this.#writing.catch(() => {})
  }

  async #write(importId: string, rows: readonly ReadRow[], faults: readonly Fault[]): Promise<void> {
    const kept = faults.slice(0, Math.max(0, KEPT_FAULTS - this.#keptFaults))
    const prompts = rows.map((row) => this.#promptOf(row))
    const imported = await transact(async (tx) => {
      const inserted = await insertPrompts(tx, this.#opened.projectId, importId, prompts)
      if (this.#opened.query.answers === 'submit') await this.#submit(tx, rows, prompts, inserted)
      if (kept.length > 0) await tx.importFault.createMany({ data: kept.map((fault) => ({ ...fault, importId })), skipDuplicates: true })
      // Counted with the rows themselves: whoever kills this process finds a balanced account of what came in.
      await tx.promptImport.update({
        where: { id: importId },
        data: {
          candidates: { increment: rows.length + faults.length },
          imported: { increment: inserted.size },
          duplicates: { increment: rows.length - inserted.size },
          faulty: { increment: faults.length },
        },
      })
      return inserted.size
    })
    this.#keptFaults += kept.length
    this.#counts.imported += imported
    this.#counts.duplicates += rows.length - imported
  }

  /** What a real run would do with these rows, without doing it. */
  async #count(rows: readonly ReadRow[]): Promise<void> {
    const { projectId } = this.#opened
    const prompts = rows.map((row) => this.#promptOf(row))
    const hashes = prompts.map(promptHash)
    const externalIds = prompts.flatMap((prompt) => prompt.externalId ?? [])
    const present = await db.prompt.findMany({
      where: { projectId, OR: [{ contentHash: { in: hashes } }, { externalId: { in: externalIds } }] },
      select: { contentHash: true, externalId: true },
    })
    const known = new Set(present.flatMap((row) => [row.contentHash, `id:${row.externalId}`]))
    for (const [index, hash] of hashes.entries()) {
      const externalId = prompts[index]?.externalId
      const keys = [hash.slice(0, 20), ...(externalId ? [`id:${externalId}`] : [])]
      const isDuplicate = known.has(hash) || keys.some((key) => this.#seen.has(key) || known.has(key))
      for (const key of keys) this.#seen.add(key)
      this.#counts[isDuplicate ? 'duplicates' : 'imported']++
    }
  }

  /** Rows with an answer become submitted conversations of the importer, set by set. */
  async #submit(tx: Tx, rows: readonly ReadRow[], prompts: readonly NewPrompt[], inserted: ReadonlyMap<string, string>): Promise<void> {
    const { projectId, personId } = this.#opened
    const guideline = await currentGuideline(tx, projectId)
    const now = new Date()
    const made = await Promise.all(
      rows.map(async ({ mapped }, index) => {
        const prompt = prompts[index]
        const promptId = prompt && inserted.get(promptHash(prompt))
        if (!promptId || mapped.messages.length === prompt.messages.length) return []
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
    const taken = all.map(({ conversation }) => conversation.promptId)
    await tx.$executeRaw`UPDATE "prompt" SET "openSlots" = "openSlots" - 1 WHERE id = ANY (${taken}::uuid[])`
  }

  async #close(fileHash = ''): Promise<void> {
    if (this.#id === null) return
    const importId = this.#id
    await transact(async (tx) => {
      const { candidates, imported, duplicates, faulty } = this.#counts
      // Rows read but not inserted when a transfer broke off are no candidates: the counts always balance.
      const settled = Math.min(candidates, imported + duplicates + faulty)
      await tx.promptImport.update({
        where: { id: importId },
        data: {
          format: this.#reader.format ?? this.#opened.query.format,
          candidates: settled,
          imported,
          duplicates,
          faulty,
          byteLength: this.#reader.bytesSeen,
          fileHash,
          finishedAt: new Date(),
        },
      })
    })
  }
}
