import type { Fault, Read, ReadRow } from './import-reader.ts'

const BATCH_ROWS = 1000
/**
 * Rows are weighed too: a thousand of them may be a few hundred kilobytes or more than a statement can carry. On its way
 * to the database a batch is copied a dozen times.
 */
const BATCH_BYTES = 4 * 1024 * 1024
/** More faults than this are counted but not kept: such a file wants another format, not a list. */
export const KEPT_FAULTS = 10_000

/** What goes to the database at once. `faulty` counts all bad rows of the batch, `faults` are those to be kept. */
export type Batch = { rows: ReadRow[]; faults: Fault[]; faulty: number }

/** What was read and not yet written: never much more than a batch, whatever the file is made of. */
export class ImportQueue {
  #rows: ReadRow[] = []
  #bytes = 0
  #faults: Fault[] = []
  #faulty = 0
  #kept = 0

  add({ rows, faults }: Read): void {
    for (const row of rows) this.#bytes += row.bytes
    this.#rows.push(...rows)
    const kept = faults.slice(0, KEPT_FAULTS - this.#kept)
    this.#faults.push(...kept)
    this.#kept += kept.length
    this.#faulty += faults.length
  }

  get isFull(): boolean {
    return this.#rows.length >= BATCH_ROWS || this.#bytes >= BATCH_BYTES || this.#faults.length >= BATCH_ROWS
  }

  get isEmpty(): boolean {
    return this.#rows.length === 0 && this.#faulty === 0
  }

  /** The next batch: at least one row, so that one heavier than a batch comes alone. */
  take(): Batch {
    let count = 0
    let bytes = 0
    for (const row of this.#rows) {
      if (count === BATCH_ROWS || (count > 0 && bytes + row.bytes > BATCH_BYTES)) break
      bytes += row.bytes
      count++
    }
    const batch = { rows: this.#rows.splice(0, count), faults: this.#faults, faulty: this.#faulty }
    this.#bytes -= bytes
    this.#faults = []
    this.#faulty = 0
    return batch
  }
}
