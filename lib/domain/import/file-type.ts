/** What the first bytes of a file say it is, so that a wrong file is named instead of failing on its first character. */

export type FileProblem = { code: 'unreadable-file' | 'unknown-format'; message: string }
export type Layout = 'array' | 'lines' | 'object'
export type Opening = { layout: Layout; skip: number } | FileProblem | 'more'

const MAGIC: readonly { bytes: readonly number[]; name: string; cure: string }[] = [
  {
    bytes: [0x50, 0x41, 0x52, 0x31],
    name: 'a Parquet file',
    cure: 'convert it to JSON lines, for instance with datasets: Dataset.from_parquet(…).to_json(…)',
  },
  { bytes: [0x50, 0x4b, 0x03, 0x04], name: 'a zip archive or an Excel workbook', cure: 'unpack it, or save the sheet as JSON, and import that' },
  { bytes: [0x1f, 0x8b], name: 'a gzip archive', cure: 'unpack it with gunzip and import the result' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], name: 'a Zstandard archive', cure: 'unpack it with unzstd and import the result' },
  { bytes: [0x42, 0x5a, 0x68], name: 'a bzip2 archive', cure: 'unpack it with bunzip2 and import the result' },
  { bytes: [0x89, 0x50, 0x4e, 0x47], name: 'a PNG picture', cure: 'choose a file of text in JSON or JSON lines' },
  { bytes: [0xff, 0xd8, 0xff], name: 'a JPEG picture', cure: 'choose a file of text in JSON or JSON lines' },
  { bytes: [0x25, 0x50, 0x44, 0x46], name: 'a PDF document', cure: 'choose a file of text in JSON or JSON lines' },
  {
    bytes: [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31],
    name: 'an Arrow file',
    cure: 'convert it to JSON lines, for instance with datasets: Dataset.to_json(…)',
  },
  { bytes: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65], name: 'an SQLite database', cure: 'export the table as JSON lines' },
  { bytes: [0xff, 0xfe], name: 'text in UTF-16', cure: 'save it as UTF-8 and import it again' },
  { bytes: [0xfe, 0xff], name: 'text in UTF-16', cure: 'save it as UTF-8 and import it again' },
]

const NEWLINE = 10
const OPEN_BRACKET = 91
const OPEN_BRACE = 123
/** White space before the first value that is still looked through; more than this is no dataset. */
const HEAD_LIMIT = 64 * 1024

const isBlank = (byte: number): boolean => byte === 32 || byte === 9 || byte === 13

/** Decides from the head of a file what it holds; asks for `more` bytes while that is open. */
export function readOpening(head: Uint8Array, isEnd: boolean): Opening {
  const magic = MAGIC.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte))
  if (magic) return { code: 'unreadable-file', message: `This is ${magic.name}: ${magic.cure}.` }
  const start = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0
  let offset = start
  while (offset < head.length && (isBlank(head[offset] ?? 0) || head[offset] === NEWLINE)) offset++
  const isOpen = !isEnd && head.length < HEAD_LIMIT
  // Six bytes tell every signature above from text.
  if (isOpen && (offset === head.length || head.length < 6)) return 'more'
  const first = head[offset]
  if (first === undefined) return { code: 'unreadable-file', message: 'The file is empty: choose one with at least one row.' }
  if (first === OPEN_BRACKET) return { layout: 'array', skip: offset + 1 }
  if (first !== OPEN_BRACE) {
    if (isOpen && head.length < offset + 40) return 'more'
    const opening = JSON.stringify(new TextDecoder().decode(head.subarray(offset, offset + 40)))
    return {
      code: 'unknown-format',
      message: `The file begins with ${opening}. Rows come as a JSON list, which begins with “[”, or as JSON lines, which begin with “{”; convert it (a CSV, for instance with pandas: read_csv(…).to_json(…, orient="records", lines=True)).`,
    }
  }
  let after = offset + 1
  while (after < head.length && isBlank(head[after] ?? 0)) after++
  if (after === head.length && isOpen) return 'more'
  // An opening brace alone on its line is one object written over several lines; anything else is one object a line.
  return { layout: head[after] === NEWLINE ? 'object' : 'lines', skip: start }
}
