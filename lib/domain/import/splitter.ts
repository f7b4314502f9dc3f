import { type FileProblem, type Layout, readOpening } from './file-type.ts'
import { DEPTH_LIMIT, depthOf } from './json-text.ts'
import type { FaultFacts } from './row-fault.ts'
import { joined, ROW_BYTES_LIMIT, RowReader, type SplitEvent } from './row-reader.ts'

const NEWLINE = 10
const QUOTE = 34
const COMMA = 44
const OPEN_BRACKET = 91
const BACKSLASH = 92
const CLOSE_BRACKET = 93
const OPEN_BRACE = 123
const CLOSE_BRACE = 125

const isSpace = (byte: number): boolean => byte === 32 || byte === NEWLINE || byte === 13 || byte === 9

/** What may come next: `first` and `value` a row, `comma` a separator, `row` more of a row, `nothing` only white space. */
type Expectation = 'first' | 'value' | 'comma' | 'row' | 'nothing' | 'stopped'
type Step = 'inside' | 'complete' | 'mismatch'

/**
 * Cuts a stream of bytes into the rows of a JSON list or of JSON lines, in memory bounded by the largest row. It works on
 * bytes: no ASCII byte occurs inside a multi-byte character of UTF-8, so structure is found before anything is decoded.
 *
 * A row that cannot be read is a fault and the next row is read as usual. Only a list whose brackets do not match stops
 * the reading, because nothing tells where the next row begins; the rows before it stand.
 */
export class JsonSplitter {
  layout: Layout | null = null
  /** Why the file as a whole cannot be read; nothing is given then. */
  problem: FileProblem | null = null
  bytesSeen = 0

  #head: Uint8Array = new Uint8Array(0)
  #expect: Expectation = 'first'
  /** Bytes of the file before the chunk at hand. */
  #base = 0
  #missingComma = false
  #inString = false
  #escaped = false
  #isScalar = false
  #depth = 0
  #deepest = 0
  readonly #stack = new Uint8Array(DEPTH_LIMIT + 1)
  readonly #reader: RowReader

  constructor(rowLimit = ROW_BYTES_LIMIT) {
    this.#reader = new RowReader(rowLimit)
  }

  /** Takes the next bytes and gives the rows and faults completed by them. */
  push(chunk: Uint8Array): SplitEvent[] {
    this.bytesSeen += chunk.length
    if (this.layout) this.#read(chunk)
    else this.#open(chunk, false)
    return this.#reader.take()
  }

  /** Ends the file: gives what is left, among it the fault of a file that stops in the middle. */
  end(): SplitEvent[] {
    if (!this.layout) this.#open(new Uint8Array(0), true)
    if (this.layout === 'lines') {
      if (this.#reader.length > 0) this.#finishLine(this.#base - this.#reader.length)
    } else if (this.#expect === 'row') {
      this.#reader.faultRow('file-truncated', { reason: 'inside-row' })
    } else if (this.layout === 'array' && this.#expect !== 'nothing' && this.#expect !== 'stopped') {
      this.#reader.faultRow('file-truncated', { reason: 'list-open' }, this.#base)
    }
    return this.#reader.take()
  }

  #open(chunk: Uint8Array, isEnd: boolean): void {
    if (this.problem) return
    const head = joined([this.#head, chunk], this.#head.length + chunk.length)
    const opening = readOpening(head, isEnd)
    if (opening === 'more') {
      this.#head = head
      return
    }
    this.#head = new Uint8Array(0)
    if ('code' in opening) {
      this.problem = opening
      return
    }
    this.layout = opening.layout
    if (head[0] === 0xef) this.#reader.skipMark(3)
    for (let index = 0; index < opening.skip; index++) if (head[index] === NEWLINE) this.#reader.breakLine(index)
    this.#base = opening.skip
    this.#read(head.subarray(opening.skip))
  }

  #read(chunk: Uint8Array): void {
    if (this.layout === 'lines') this.#readLines(chunk)
    else this.#readValues(chunk)
    this.#base += chunk.length
  }

  #readLines(chunk: Uint8Array): void {
    let start = 0
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start)
      this.#reader.keep(chunk.subarray(start, end === -1 ? chunk.length : end))
      if (end === -1) return
      this.#finishLine(this.#base + end - this.#reader.length)
      this.#reader.breakLine(this.#base + end)
      start = end + 1
    }
  }

  #finishLine(absolute: number): void {
    this.#reader.startRow(absolute)
    const bytes = this.#reader.bytes()
    if (bytes?.every(isSpace)) this.#reader.drop()
    else this.#reader.finish({ deepest: bytes ? depthOf(bytes) : 0, missingComma: false })
  }

  /** A list, or objects one after the other. */
  #readValues(chunk: Uint8Array): void {
    // Where the part of the current row inside this chunk begins.
    let from = 0
    for (let index = 0; index < chunk.length && this.#expect !== 'stopped'; index++) {
      const byte = chunk[index] ?? 0
      if (this.#expect !== 'row') {
        if (byte === NEWLINE) this.#reader.breakLine(this.#base + index)
        if (isSpace(byte) || !this.#begins(byte, this.#base + index)) continue
        from = index
        this.#reader.startRow(this.#base + index)
        this.#expect = 'row'
        this.#isScalar = true
      }
      if (this.#isScalar && !this.#inString && (byte === COMMA || byte === CLOSE_BRACKET || isSpace(byte))) {
        this.#finishValue(chunk.subarray(from, index))
        index--
        continue
      }
      const step = this.#step(byte, this.#base + index)
      if (step === 'complete') this.#finishValue(chunk.subarray(from, index + 1))
      if (step === 'mismatch') this.#stop(chunk.subarray(from, index + 1), byte)
    }
    if (this.#expect === 'row') this.#reader.keep(chunk.subarray(from))
  }

  /** Between rows: does this byte begin one? Separators and strays are dealt with here. */
  #begins(byte: number, absolute: number): boolean {
    const isList = this.layout === 'array'
    const isSeparator = byte === COMMA || byte === CLOSE_BRACKET
    if (this.#expect === 'nothing' || (!isList && isSeparator)) {
      this.#reader.faultRow('structure', { reason: 'after-end' }, absolute)
      this.#expect = 'stopped'
      return false
    }
    this.#missingComma = isList && this.#expect === 'comma' && !isSeparator
    if (!isList || !isSeparator) return true
    const isStray = byte === COMMA ? this.#expect !== 'comma' : this.#expect === 'value'
    if (isStray) this.#reader.faultRow('malformed-json', { reason: 'stray-comma' }, absolute)
    this.#expect = byte === COMMA ? 'value' : 'nothing'
    return false
  }

  #step(byte: number, absolute: number): Step {
    if (byte === NEWLINE) {
      this.#reader.breakLine(absolute)
      // JSON has no line breaks inside texts: taking the text as ended here keeps one forgotten quote from swallowing the file.
      this.#inString = false
      this.#escaped = false
    } else if (this.#inString) {
      if (this.#escaped) this.#escaped = false
      else if (byte === BACKSLASH) this.#escaped = true
      else if (byte === QUOTE) {
        this.#inString = false
        return this.#depth === 0 ? 'complete' : 'inside'
      }
    } else if (byte === QUOTE) this.#inString = true
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      this.#isScalar = false
      this.#deepest = Math.max(this.#deepest, ++this.#depth)
      if (this.#depth <= DEPTH_LIMIT) this.#stack[this.#depth] = byte
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (this.#depth === 0) return 'mismatch'
      // Both closing brackets stand two places after their opening one in ASCII.
      if (this.#depth <= DEPTH_LIMIT && this.#stack[this.#depth] !== byte - 2) return 'mismatch'
      this.#depth--
      return this.#depth === 0 ? 'complete' : 'inside'
    }
    return 'inside'
  }

  #finishValue(rest: Uint8Array): void {
    this.#reader.keep(rest)
    this.#reader.finish({ deepest: this.#deepest, missingComma: this.#missingComma })
    this.#expect = this.layout === 'array' ? 'comma' : 'value'
    this.#depth = 0
    this.#deepest = 0
    this.#inString = false
    this.#escaped = false
  }

  #stop(rest: Uint8Array, byte: number): void {
    this.#reader.keep(rest)
    const opened = this.#depth > 0 ? this.#stack[this.#depth] : undefined
    const character = String.fromCharCode(byte)
    const facts: FaultFacts =
      opened === undefined
        ? { reason: 'closes-unopened', character }
        : { reason: 'closes-other', character, wanted: opened === OPEN_BRACE ? '}' : ']' }
    this.#reader.faultRow('structure', facts)
    this.#expect = 'stopped'
  }
}
