import { placeIn } from './field-place.ts'
import { DEPTH_LIMIT, findJsonFault } from './json-text.ts'
import type { FaultCode, FaultFacts } from './row-fault.ts'
import { decodeLeniently, decodeStrictly, excerptOf, findInvalidByte } from './utf8.ts'

export type SplitFault = {
  /** Counted from 1 over all rows of the file. */
  row: number
  line: number
  /** Counted from 1 in UTF-16 code units, as editors do. */
  column: number
  code: FaultCode
  facts: FaultFacts
  excerpt: string
}
type Place = { line: number; column: number }
export type SplitRow = { row: number; line: number; column: number; text: string; value: unknown }
export type SplitEvent = { kind: 'row'; row: SplitRow } | { kind: 'fault'; fault: SplitFault }

export const ROW_BYTES_LIMIT = 8 * 1024 * 1024
const EXCERPT_LENGTH = 160
const NEWLINE = 10

const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1)

export function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = pieces
  if (pieces.length === 1 && only) return only
  const whole = new Uint8Array(length)
  let offset = 0
  for (const piece of pieces) {
    whole.set(piece, offset)
    offset += piece.length
  }
  return whole
}

/** Collects the bytes of one row at a time, knows where in the file it is, and turns a finished row into a value or a fault. */
export class RowReader {
  rows = 0
  line = 1
  length = 0

  #events: SplitEvent[] = []
  #pieces: Uint8Array[] = []
  // First byte of the line, and how many more bytes than UTF-16 units the line has so far.
  #lineStart = 0
  #shift = 0
  #row: Place = { line: 1, column: 1 }
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  take(): SplitEvent[] {
    const events = this.#events
    this.#events = []
    return events
  }

  /** A line break at this offset of the file. */
  breakLine(absolute: number): void {
    this.line++
    this.#lineStart = absolute + 1
    this.#shift = 0
  }

  /** Columns of the first line begin after this many bytes of byte order mark. */
  skipMark(length: number): void {
    this.#lineStart = length
  }

  startRow(absolute: number): void {
    this.#row = this.#placeOf(absolute)
  }

  #placeOf(absolute: number): Place {
    return { line: this.line, column: Math.max(1, absolute - this.#lineStart - this.#shift + 1) }
  }

  keep(piece: Uint8Array): void {
    if (piece.length === 0) return
    this.length += piece.length
    const isOverdue = this.length > this.#limit
    if (!isOverdue || this.length - piece.length <= this.#limit) this.#pieces.push(piece)
    // Of a row that is too large only its beginning is kept, to show it.
    if (isOverdue) this.#pieces = [this.#head()]
  }

  /** The bytes collected so far; null when there are more than a row may have. */
  bytes(): Uint8Array | null {
    return this.length <= this.#limit ? joined(this.#pieces, this.length) : null
  }

  drop(): void {
    this.#pieces = []
    this.length = 0
  }

  /** Ends the row: parses it, or tells why it cannot be read. */
  finish({ deepest, missingComma }: { deepest: number; missingComma: boolean }): void {
    const row = ++this.rows
    const bytes = this.bytes()
    if (!bytes) {
      this.#push(row, this.#row, 'row-too-large', { megabytes: megabytes(this.length), limit: megabytes(this.#limit) })
    } else if (deepest > DEPTH_LIMIT) {
      this.#push(row, this.#row, 'too-deep', { levels: deepest, limit: DEPTH_LIMIT })
    } else {
      const text = decodeStrictly(bytes)
      if (text === null) this.#faultUtf8(row, bytes)
      else {
        if (missingComma) this.#push(row, this.#row, 'malformed-json', { reason: 'missing-comma' })
        else this.#parse(row, text)
        this.#measure(bytes, text)
      }
    }
    this.drop()
  }

  /** A fault that takes the place of a row: of the one begun, or of none, at this offset of the file. */
  faultRow(code: FaultCode, facts: FaultFacts, absolute?: number): void {
    this.#push(++this.rows, absolute === undefined ? this.#row : this.#placeOf(absolute), code, facts)
    this.drop()
  }

  /** Keeps columns in characters: bytes and UTF-16 units differ beyond ASCII. */
  #measure(bytes: Uint8Array, text: string): void {
    const lastBreak = bytes.lastIndexOf(NEWLINE)
    const ofRow = lastBreak === -1 ? bytes.length - text.length : bytes.length - lastBreak - (text.length - text.lastIndexOf('\n'))
    this.#shift = lastBreak === -1 ? this.#shift + ofRow : ofRow
  }

  #parse(row: number, text: string): void {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      const found = findJsonFault(text) ?? { offset: 0, facts: { reason: 'no-json' } }
      this.#pushAt(row, text, found.offset, 'malformed-json', found.facts)
      return
    }
    this.#events.push({ kind: 'row', row: { row, ...this.#row, text, value } })
  }

  #faultUtf8(row: number, bytes: Uint8Array): void {
    const invalid = findInvalidByte(bytes)
    const before = decodeLeniently(bytes.subarray(0, invalid)).replace(/\uFFFD$/, '')
    const byte = `0x${(bytes[invalid] ?? 0).toString(16).padStart(2, '0')}`
    this.#pushAt(row, decodeLeniently(bytes), before.length, 'invalid-utf8', { byte })
  }

  #pushAt(row: number, text: string, offset: number, code: FaultCode, facts: FaultFacts): void {
    const start = Math.max(0, offset - EXCERPT_LENGTH / 2)
    this.#push(row, placeIn(text, this.#row, offset), code, facts, excerptOf(text, EXCERPT_LENGTH, start))
  }

  #push(row: number, place: Place, code: FaultCode, facts: FaultFacts, excerpt = excerptOf(this.#beginning(), EXCERPT_LENGTH)): void {
    this.#events.push({ kind: 'fault', fault: { row, ...place, code, facts, excerpt } })
  }

  #beginning(): string {
    return decodeLeniently(this.#head())
  }

  /** A copy of the first bytes, so that the chunk they came in can go. */
  #head(): Uint8Array {
    const head: number[] = []
    for (const piece of this.#pieces) {
      if (head.length >= EXCERPT_LENGTH) break
      head.push(...piece.subarray(0, EXCERPT_LENGTH - head.length))
    }
    return Uint8Array.from(head)
  }
}
