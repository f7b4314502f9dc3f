import { Refusal } from '#lib/domain/errors.ts'
import { log } from '#lib/log.ts'
import type { ImportQuery } from './import.ts'
import { tell } from './import-faults.ts'
import { type Batch, ImportQueue } from './import-queue.ts'
import { type Fault, ImportReader, type Read, type ReadRow } from './import-reader.ts'
import { ImportRehearsal } from './import-rehearsal.ts'
import { type ImportFailure, type ImportTarget, type OpenedImport, promptOf } from './import-target.ts'
import { ImportWriter } from './import-writer.ts'
import { summaryOf } from './revision.ts'

const SHOWN_FAULTS = 100
const SAMPLES = 5
const TOUCH_EVERY_MS = 30_000

/** One file on its way into a project. */
export class ImportFile {
  readonly #opened: OpenedImport
  readonly #target: ImportTarget
  readonly #reader: ImportReader
  readonly #queue = new ImportQueue()
  readonly #counts = { candidates: 0, imported: 0, duplicates: 0, faulty: 0 }
  readonly #answers = { answers: 0, answersOfDuplicates: 0 }
  /** How many rows that name no language got which. */
  readonly #languages = new Map<string, number>()
  readonly #faults: Fault[] = []
  readonly #samples: string[] = []
  #writing: Promise<void> = Promise.resolve()
  #touchedAt = Date.now()

  private constructor(opened: OpenedImport, target: ImportTarget) {
    this.#opened = opened
    this.#target = target
    const { format, answers, replacements } = opened.query
    this.#reader = new ImportReader(format === 'auto' ? null : format, { keepAnswers: answers === 'submit', replacements })
  }

  static async open(opened: OpenedImport): Promise<ImportFile> {
    return new ImportFile(opened, await (opened.query.dryRun ? ImportRehearsal.open(opened) : ImportWriter.open(opened)))
  }

  /** Reads to the end. Rows of finished batches stand, whatever happens after them. */
  async read(body: ReadableStream<Uint8Array>, declared: number | null, signal: AbortSignal | undefined) {
    let broken: Refusal | null = null
    try {
      broken = await this.#drain(body, signal)
      if (!broken) this.#take(this.#reader.end())
      while (!this.#queue.isEmpty) await this.#flush()
      await this.#writing
    } catch (error) {
      await this.#writing.catch(() => {})
      const refused = error instanceof Refusal
      // Whoever sweeps up later closes what cannot be closed now; the first failure is the one to tell.
      await this.#close(refused ? failureOf(error) : { code: 'internal', detail: '' }).catch((failure: unknown) =>
        log.error({ err: failure, importId: this.#target.id }, 'an import could not be closed'),
      )
      throw refused ? this.#withCounts(error) : error
    }
    const { bytesSeen } = this.#reader
    if (!broken && declared !== null && declared !== bytesSeen)
      broken = new Refusal('file-incomplete', `${declared} bytes were announced and ${bytesSeen} arrived.`)
    const fileHash = await this.#close(broken && failureOf(broken))
    if (broken) throw this.#withCounts(broken)
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
        while (this.#queue.isFull) await this.#flush()
        await this.#touch()
      }
    } finally {
      bytes.releaseLock()
    }
  }

  /** A slow file fills no batch for minutes; it must not be taken for one whose process died. */
  async #touch(): Promise<void> {
    if (Date.now() - this.#touchedAt < TOUCH_EVERY_MS) return
    this.#touchedAt = Date.now()
    await this.#target.touch()
  }

  #withCounts(refusal: Refusal): Refusal {
    const { imported } = this.#counts
    if (imported === 0 || this.#target.id === null) return refusal
    return new Refusal(
      refusal.code,
      `${refusal.message} ${imported} rows were imported before that; send the file again, rows that are there are recognised.`,
      {
        importId: this.#target.id,
        ...this.#counts,
      },
    )
  }

  #result(fileHash: string) {
    const { query } = this.#opened
    return {
      id: this.#target.id,
      fileName: query.fileName,
      format: this.#format(),
      isDryRun: query.dryRun,
      ...this.#counts,
      ...this.#answers,
      bytes: this.#reader.bytesSeen,
      fileHash,
      faults: this.#faults.map(tell),
      languagesTaken: [...this.#languages].map(([language, count]) => ({ language, count })),
      samples: this.#samples,
      blanks: this.#reader.blanks,
    }
  }

  #format(): ImportQuery['format'] {
    return this.#reader.format ?? this.#opened.query.format
  }

  #take(read: Read): void {
    this.#queue.add(read)
    this.#faults.push(...read.faults.slice(0, SHOWN_FAULTS - this.#faults.length))
    for (const row of read.rows) {
      if (row.mapped.language) continue
      const { language } = promptOf(this.#opened, row)
      this.#languages.set(language, (this.#languages.get(language) ?? 0) + 1)
    }
    for (const { mapped } of read.rows.slice(0, SAMPLES - this.#samples.length)) this.#samples.push(summaryOf(mapped.messages).firstUserText)
  }

  /** Hands the next batch on and reads while it is written; never more than one is under way. */
  async #flush(): Promise<void> {
    await this.#writing
    this.#writing = this.#settle(this.#queue.take())
    // A failure surfaces at the next batch; until then it must not count as unhandled.
    this.#writing.catch(() => {})
  }

  /** What was read counts once it is settled: however the file ends, the account balances. */
  async #settle(batch: Batch): Promise<void> {
    const taken = await this.#target.write(batch)
    const { rows, faulty } = batch
    const imported = taken.length
    const answers = answersIn(taken)
    this.#answers.answers += answers
    this.#answers.answersOfDuplicates += answersIn(rows) - answers
    this.#counts.candidates += rows.length + faulty
    this.#counts.imported += imported
    this.#counts.duplicates += rows.length - imported
    this.#counts.faulty += faulty
  }

  async #close(failure: ImportFailure | null): Promise<string> {
    const fileHash = this.#reader.fileHash()
    await this.#target.close({ format: this.#format(), bytes: this.#reader.bytesSeen, fileHash: failure ? '' : fileHash, failure })
    return fileHash
  }
}

const answersIn = (rows: readonly ReadRow[]): number => rows.filter(({ mapped }) => mapped.hasAnswer).length

const failureOf = ({ code, message }: Refusal): ImportFailure => ({ code, detail: message })
