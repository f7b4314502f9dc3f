import { createHash } from 'node:crypto'
import { refuse } from '#lib/domain/errors.ts'
import { placeOfField } from '#lib/domain/import/field-place.ts'
import { detectFormat, type ImportFormat, type MapOptions, type MappedRow, mapRow } from '#lib/domain/import/formats.ts'
import { type FaultCode, type FaultFacts, kindOf, RowFault } from '#lib/domain/import/row-fault.ts'
import type { SplitEvent } from '#lib/domain/import/row-reader.ts'
import { JsonSplitter } from '#lib/domain/import/splitter.ts'
import { excerptOf } from '#lib/domain/import/utf8.ts'

/** A row that could not be taken, with its place in the file; the column is null where the file holds nothing to point at. */
export type Fault = { row: number; line: number; column: number | null; field: string; code: FaultCode; facts: FaultFacts; excerpt: string }
/** `bytes` is how much of the file the row takes up. */
export type ReadRow = { row: number; bytes: number; mapped: MappedRow }
export type Read = { rows: ReadRow[]; faults: Fault[] }

const EXCERPT = 160

const SHOWN_NAMES = 8
/** More blanks than this are no form to fill in. */
const MAX_BLANKS = 20
const SHOWN_NAME = 60

/** What a first row of no known format is, in words. */
function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return `The first row is a ${kindOf(value)}, and a row must be a JSON object.`
  const names = Object.keys(value).slice(0, SHOWN_NAMES)
  return names.length === 0
    ? 'The first row has no fields.'
    : `The first row has the fields ${names.map((name) => excerptOf(name, SHOWN_NAME)).join(', ')}.`
}

/** Reads a stream of bytes as rows of one format, in memory bounded by the largest row. */
export class ImportReader {
  format: ImportFormat | null
  readonly #splitter = new JsonSplitter()
  readonly #hash = createHash('sha256')
  readonly #options: Omit<MapOptions, 'format'>
  readonly #blanks = new Set<string>()

  constructor(format: ImportFormat | null, options: Omit<MapOptions, 'format' | 'onBlank'>) {
    this.format = format
    this.#options = { ...options, onBlank: (name) => void (this.#blanks.size < MAX_BLANKS && this.#blanks.add(excerptOf(name, SHOWN_NAME))) }
  }

  /** Names of the blanks in answers, as they came. */
  get blanks(): string[] {
    return [...this.#blanks]
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
      if (!this.format)
        refuse(
          'unknown-format',
          `${describe(value)} Known are instruction/output (Alpaca), conversations (ShareGPT), messages (OpenAI, TRL) and prompt. Rename them, or choose the format.`,
          { reason: 'fields' },
        )
      try {
        const mapped = mapRow({ value, text }, { ...this.#options, format: this.format })
        read.rows.push({ row, bytes: Buffer.byteLength(text), mapped })
      } catch (error) {
        if (!(error instanceof RowFault)) throw error
        const { field, code, facts } = error
        const place = placeOfField({ line, column, text }, field, this.format)
        read.faults.push({ row, ...place, field, code, facts, excerpt: excerptOf(text, EXCERPT) })
      }
    }
    return read
  }
}
