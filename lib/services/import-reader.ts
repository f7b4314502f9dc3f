import { createHash } from 'node:crypto'
import { refuse } from '#lib/domain/errors.ts'
import { detectFormat, type ImportFormat, type MapOptions, type MappedRow, mapRow } from '#lib/domain/import/formats.ts'
import { RowFault } from '#lib/domain/import/row-fault.ts'
import type { SplitEvent } from '#lib/domain/import/row-reader.ts'
import { JsonSplitter } from '#lib/domain/import/splitter.ts'

/** A row that could not be taken, with its place in the file. */
export type Fault = { row: number; line: number; column: number; field: string; code: string; message: string; excerpt: string }
export type ReadRow = { row: number; line: number; mapped: MappedRow }
export type Read = { rows: ReadRow[]; faults: Fault[] }

const EXCERPT = 160

const withoutNul = (text: string): string => text.toWellFormed().replaceAll('\u0000', '␀')

/** Reads a stream of bytes as rows of one format, in memory bounded by the largest row. */
export class ImportReader {
  format: ImportFormat | null
  readonly #splitter = new JsonSplitter()
  readonly #hash = createHash('sha256')
  readonly #options: Omit<MapOptions, 'format'>

  constructor(format: ImportFormat | null, options: Omit<MapOptions, 'format'>) {
    this.format = format
    this.#options = options
  }

  get bytesSeen(): number {
    return this.#splitter.bytesSeen
  }

  /** sha256 (hex) of all bytes read; ends the hashing. */
  fileHash(): string {
    return this.#hash.digest('hex')
  }

  push(chunk: Uint8Array): Read {
    this.#hash.update(chunk)
    return this.#map(this.#splitter.push(chunk))
  }

  end(): Read {
    return this.#map(this.#splitter.end())
  }

  /** @throws Refusal when the file as a whole is not what it should be. */
  #map(events: readonly SplitEvent[]): Read {
    const { problem } = this.#splitter
    if (problem) refuse(problem.code, problem.message)
    const read: Read = { rows: [], faults: [] }
    for (const event of events) {
      if (event.kind === 'fault') {
        read.faults.push({ ...event.fault, field: '' })
        continue
      }
      const { row, line, column, text, value } = event.row
      this.format ??= detectFormat(value)
      if (!this.format) {
        const found = typeof value === 'object' && value !== null ? Object.keys(value).slice(0, 8).join(', ') : typeof value
        refuse(
          'unknown-format',
          `The first row has the fields ${withoutNul(found) || 'none'}. Known are instruction/output (Alpaca), conversations (ShareGPT), messages (OpenAI, TRL) and prompt. Rename them, or choose the format.`,
        )
      }
      try {
        read.rows.push({ row, line, mapped: mapRow({ value, text }, { ...this.#options, format: this.format }) })
      } catch (error) {
        if (!(error instanceof RowFault)) throw error
        read.faults.push({
          row,
          line,
          column,
          field: error.field,
          code: error.code,
          // A message may quote the row.
          message: withoutNul(error.message),
          excerpt: withoutNul(text.slice(0, EXCERPT)),
        })
      }
    }
    return read
  }
}
