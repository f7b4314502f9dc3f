/**
 * Reads JSON as text: finds where it is broken and cuts out members without changing a byte, which parsing would
 * (1.0 becomes 1, long integers lose digits).
 */

export type JsonFault = { offset: number; message: string }

class JsonSyntax extends Error {
  readonly offset: number
  constructor(offset: number, message: string) {
    super(message)
    this.offset = offset
  }
}

const SPACE = /[ \t\n\r]*/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const STRING_RUN = /[^"\\\u0000-\u001f]*/y
const LITERALS = ['true', 'false', 'null'] as const

const matchAt = (pattern: RegExp, text: string, offset: number): number => {
  pattern.lastIndex = offset
  return pattern.test(text) ? pattern.lastIndex : -1
}

const skipSpace = (text: string, offset: number): number => matchAt(SPACE, text, offset)

const show = (text: string, offset: number): string => {
  const character = text.codePointAt(offset)
  if (character === undefined) return 'the end'
  if (character < 0x20 || character === 0x7f) return `the control character U+${character.toString(16).toUpperCase().padStart(4, '0')}`
  return `“${String.fromCodePoint(character)}”`
}

function skipString(text: string, start: number): number {
  let offset = start + 1
  for (;;) {
    offset = matchAt(STRING_RUN, text, offset)
    const character = text[offset]
    if (character === '"') return offset + 1
    if (character === undefined) throw new JsonSyntax(start, 'this text has no closing quote')
    if (character !== '\\') throw new JsonSyntax(offset, `${show(text, offset)} stands in a text unescaped; write it as \\n, \\t or \\uXXXX`)
    const escaping = text[offset + 1]
    if (escaping === 'u') {
      if (!/^[0-9a-fA-F]{4}$/.test(text.slice(offset + 2, offset + 6))) throw new JsonSyntax(offset, '\\u needs four hexadecimal digits')
      offset += 6
    } else if (escaping !== undefined && '"\\/bfnrt'.includes(escaping)) offset += 2
    else throw new JsonSyntax(offset, 'unknown escape after the backslash; double the backslash to mean it literally')
  }
}

function skipScalar(text: string, offset: number): number {
  const literal = LITERALS.find((word) => text.startsWith(word, offset))
  if (literal) return offset + literal.length
  const end = matchAt(NUMBER, text, offset)
  if (end > offset) return end
  if (text[offset] === "'") throw new JsonSyntax(offset, 'text stands in double quotes in JSON, not in single ones')
  throw new JsonSyntax(offset, offset >= text.length ? 'a value is missing at the end' : `a value was expected, not ${show(text, offset)}`)
}

type Visit = (key: string | number, start: number, end: number) => void

/** One container after the other, by recursion: callers bound the depth first. */
function skipContainer(text: string, start: number, visit?: Visit): number {
  const isObject = text[start] === '{'
  const close = isObject ? '}' : ']'
  let offset = skipSpace(text, start + 1)
  if (text[offset] === close) return offset + 1
  for (let index = 0; ; index++) {
    let key: string | number = index
    if (isObject) {
      if (text[offset] !== '"') {
        const isTrailing = text[offset] === close
        throw new JsonSyntax(
          offset,
          isTrailing ? 'a comma stands before the closing brace; remove it' : `a name in double quotes was expected, not ${show(text, offset)}`,
        )
      }
      const keyEnd = skipString(text, offset)
      if (visit) key = JSON.parse(text.slice(offset, keyEnd)) as string
      offset = skipSpace(text, keyEnd)
      if (text[offset] !== ':') throw new JsonSyntax(offset, `a colon was expected after the name, not ${show(text, offset)}`)
      offset = skipSpace(text, offset + 1)
    } else if (text[offset] === close) {
      throw new JsonSyntax(offset, 'a comma stands before the closing bracket; remove it')
    }
    const end = skipValue(text, offset)
    visit?.(key, offset, end)
    offset = skipSpace(text, end)
    if (text[offset] === close) return offset + 1
    if (text[offset] !== ',') throw new JsonSyntax(offset, `a comma or “${close}” was expected, not ${show(text, offset)}`)
    offset = skipSpace(text, offset + 1)
  }
}

function skipValue(text: string, offset: number): number {
  const first = text[offset]
  if (first === '{' || first === '[') return skipContainer(text, offset)
  return first === '"' ? skipString(text, offset) : skipScalar(text, offset)
}

/** Where and why a text is no JSON, as an offset in UTF-16 code units; null when it is JSON. Nesting must be bounded by the caller. */
export function findJsonFault(text: string): JsonFault | null {
  try {
    const start = skipSpace(text, 0)
    const end = skipSpace(text, skipValue(text, start))
    return end === text.length ? null : { offset: end, message: `${show(text, end)} follows after the end of the value` }
  } catch (error) {
    if (error instanceof JsonSyntax) return { offset: error.offset, message: error.message }
    throw error
  }
}

/** The text of the value at a path of names and indexes inside valid JSON, unchanged; undefined when there is none. Of repeated names the last counts, as in JSON.parse. */
export function rawValueAt(text: string, path: readonly (string | number)[]): string | undefined {
  let start = skipSpace(text, 0)
  let end = skipValue(text, start)
  for (const step of path) {
    if (text[start] !== '{' && text[start] !== '[') return undefined
    let found: [number, number] | undefined
    skipContainer(text, start, (key, from, to) => {
      if (key === step) found = [from, to]
    })
    if (!found) return undefined
    ;[start, end] = found
  }
  return text.slice(start, end)
}
