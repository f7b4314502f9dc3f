import type { ReasonOf } from './row-fault.ts'

/**
 * Reads JSON as text: finds where it is broken and cuts out members without changing a byte, which parsing would
 * (1.0 becomes 1, long integers lose digits).
 */

type JsonReason = ReasonOf<'malformed-json'>
/** `character` is the one that stands where it must not, `wanted` what would have to stand there. */
type JsonFacts = { reason: JsonReason; character?: string; wanted?: string }
export type JsonFault = { offset: number; facts: JsonFacts }

class JsonSyntax extends Error {
  readonly offset: number
  readonly facts: JsonFacts

  constructor(offset: number, reason: JsonReason, more: Omit<JsonFacts, 'reason'> = {}) {
    super(reason)
    this.offset = offset
    this.facts = { reason, ...more }
  }
}

/** Nesting that is read. Values are walked by recursion, so nothing deeper may come to them, also none inside a text. */
export const DEPTH_LIMIT = 128

const QUOTE = 34
const BACKSLASH = 92
const OPENING = new Set([0x5b, 0x7b])
const CLOSING = new Set([0x5d, 0x7d])

/** How deep the brackets outside texts nest, in the bytes of JSON that may be broken. */
export function depthOf(bytes: Uint8Array): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0
    if (byte === BACKSLASH) index++
    else if (byte === QUOTE) inString = !inString
    else if (inString) continue
    else if (OPENING.has(byte)) deepest = Math.max(deepest, ++depth)
    else if (CLOSING.has(byte)) depth--
  }
  return deepest
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

/** The character as people can read it; one that cannot be seen by its number. */
function show(text: string, offset: number): string {
  const character = text.codePointAt(offset) ?? 0
  const isUnseen = character < 0x20 || character === 0x7f || (character >= 0xd800 && character <= 0xdfff)
  return isUnseen ? `U+${character.toString(16).toUpperCase().padStart(4, '0')}` : String.fromCodePoint(character)
}

/** Something else was due at this place: what stands there, or that the text ends. */
const unexpected = (text: string, offset: number, reason: JsonReason, wanted?: string): JsonSyntax =>
  offset >= text.length
    ? new JsonSyntax(offset, 'ends-early')
    : new JsonSyntax(offset, reason, { character: show(text, offset), ...(wanted ? { wanted } : {}) })

function skipString(text: string, start: number): number {
  let offset = start + 1
  for (;;) {
    offset = matchAt(STRING_RUN, text, offset)
    const character = text[offset]
    if (character === '"') return offset + 1
    if (character === undefined) throw new JsonSyntax(start, 'unclosed-text')
    if (character !== '\\') throw unexpected(text, offset, 'unescaped-control')
    const escaping = text[offset + 1]
    if (escaping === 'u') {
      if (!/^[0-9a-fA-F]{4}$/.test(text.slice(offset + 2, offset + 6))) throw new JsonSyntax(offset, 'bad-unicode-escape')
      offset += 6
    } else if (escaping !== undefined && '"\\/bfnrt'.includes(escaping)) offset += 2
    else throw new JsonSyntax(offset, 'unknown-escape')
  }
}

function skipScalar(text: string, offset: number): number {
  const literal = LITERALS.find((word) => text.startsWith(word, offset))
  if (literal) return offset + literal.length
  const end = matchAt(NUMBER, text, offset)
  if (end > offset) return end
  if (text[offset] === "'") throw new JsonSyntax(offset, 'single-quotes')
  throw unexpected(text, offset, 'value-expected')
}

/** `from`: where the name begins, or the value in a list. */
type Visit = (key: string | number, start: number, end: number, from: number) => void

/** One container after the other, by recursion: callers bound the depth first. */
function skipContainer(text: string, start: number, visit?: Visit): number {
  const isObject = text[start] === '{'
  const close = isObject ? '}' : ']'
  let offset = skipSpace(text, start + 1)
  if (text[offset] === close) return offset + 1
  for (let index = 0; ; index++) {
    let key: string | number = index
    const from = offset
    if (isObject) {
      if (text[offset] !== '"') throw unexpected(text, offset, text[offset] === close ? 'trailing-comma' : 'name-expected')
      const keyEnd = skipString(text, offset)
      if (visit) key = JSON.parse(text.slice(offset, keyEnd)) as string
      offset = skipSpace(text, keyEnd)
      if (text[offset] !== ':') throw unexpected(text, offset, 'colon-expected')
      offset = skipSpace(text, offset + 1)
    } else if (text[offset] === close) {
      throw unexpected(text, offset, 'trailing-comma')
    }
    const end = skipValue(text, offset)
    visit?.(key, offset, end, from)
    offset = skipSpace(text, end)
    if (text[offset] === close) return offset + 1
    if (text[offset] !== ',') throw unexpected(text, offset, 'comma-expected', close)
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
    return end === text.length ? null : { offset: end, facts: { reason: 'after-value', character: show(text, end) } }
  } catch (error) {
    if (error instanceof JsonSyntax) return { offset: error.offset, facts: error.facts }
    throw error
  }
}

/** The members of the object that valid JSON is, in the order they stand: where the name begins, and where the value begins and ends. */
export function membersOf(text: string): { name: string; from: number; start: number; end: number }[] {
  const members: ReturnType<typeof membersOf> = []
  skipContainer(text, skipSpace(text, 0), (name, start, end, from) => members.push({ name: String(name), from, start, end }))
  return members
}

/** Where the value at a path of names and indexes begins and ends inside valid JSON; undefined when there is none. Of repeated names the last counts, as in JSON.parse. */
export function spanOf(text: string, path: readonly (string | number)[]): [number, number] | undefined {
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
  return [start, end]
}

/** The text of that value, unchanged. */
export function rawValueAt(text: string, path: readonly (string | number)[]): string | undefined {
  const span = spanOf(text, path)
  return span && text.slice(...span)
}
