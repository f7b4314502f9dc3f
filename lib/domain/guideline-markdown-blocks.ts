import { fromMarkdown as parse } from 'mdast-util-from-markdown'
import { z } from 'zod'
import { commaList } from './comma-list.ts'
import { isSame } from './same.ts'

/** Something in the tree of a Markdown text. */
export type Node = ReturnType<typeof parse>['children'][number]

/** `{#slug key=value}` at the end of a heading. */
export type Attributes = { slug: string | null; values: ReadonlyMap<string, string> }

/** What stands at the top level of a text, with where it stands; a heading comes with what its end says of it. */
export type Block = { from: number; to: number; line: number } & (
  | { kind: 'heading'; depth: number; text: string; attributes: Attributes | null; isBroken: boolean }
  | { kind: 'code'; info: string; value: string; isClosed: boolean; isIndented: boolean }
  | { kind: 'paragraph'; text: string }
  | { kind: 'list'; isOrdered: boolean; items: string[] }
  | { kind: 'other' }
)

// Only blocks matter here, and without what stands within lines a long guideline is read ten times as fast.
const BLOCKS_ONLY = {
  disable: {
    null: [
      'attention',
      'autolink',
      'characterEscape',
      'characterReference',
      'codeText',
      'hardBreakEscape',
      'htmlText',
      'labelEnd',
      'labelStartImage',
      'labelStartLink',
    ],
  },
}

const ATTRIBUTE = /\s*(?:#([^\s{}"=]+)|([a-z]+)=("(?:[^"\\]|\\.)*"|[^\s{}"]+))(?=[\s}])/y

/** Reads an attribute list that begins at `from` and must end with the text; null when it is none. */
function attributesAt(text: string, from: number): Attributes | null {
  const values = new Map<string, string>()
  let slug: string | null = null
  ATTRIBUTE.lastIndex = from + 1
  let end = from + 1
  for (let found = ATTRIBUTE.exec(text); found; found = ATTRIBUTE.exec(text)) {
    end = ATTRIBUTE.lastIndex
    const [, name, key, value = ''] = found
    if (name !== undefined) slug ??= name
    else if (key) values.set(key, value.startsWith('"') ? unquote(value) : value)
  }
  const isWhole = /^\s*\}$/.test(text.slice(end))
  return isWhole && (slug !== null || values.size > 0) ? { slug, values } : null
}

function unquote(quoted: string): string {
  try {
    return String(JSON.parse(quoted))
  } catch {
    return quoted.slice(1, -1)
  }
}

/** Splits what a heading says from what its end says about it. */
export function readHeading(source: string): { text: string; attributes: Attributes | null; isBroken: boolean } {
  for (let at = source.indexOf('{'); at >= 0; at = source.indexOf('{', at + 1)) {
    const attributes = attributesAt(source, at)
    // Without a slug it may be anything in braces, unless it says what only a rule says.
    if (attributes && (attributes.slug !== null || attributes.values.has('level') || attributes.values.has('authority')))
      return { text: source.slice(0, at).trimEnd(), attributes, isBroken: false }
  }
  return { text: source, attributes: null, isBroken: source.includes('{#') }
}

const sliceOf = (source: string, { position }: Node): string => source.slice(position?.start.offset ?? 0, position?.end.offset ?? 0)

/** What a list item says, without the room its marker takes on every line. */
function itemText(source: string, item: Node): string {
  const [first] = 'children' in item ? item.children : []
  if (!first?.position || !item.position) return ''
  const indent = first.position.start.column - item.position.start.column
  return source
    .slice(first.position.start.offset, item.position.end.offset)
    .split('\n')
    .map((line, index) => (index === 0 ? line : line.replace(new RegExp(`^ {0,${indent}}`), '')))
    .join('\n')
}

function codeOf(text: string, info: string): Omit<Extract<Block, { kind: 'code' }>, 'from' | 'to' | 'line'> {
  const fence = /^(`{3,}|~{3,})/.exec(text)?.[0]
  if (!fence) return { kind: 'code', info: '', value: text, isClosed: true, isIndented: true }
  const first = text.indexOf('\n')
  const last = text.lastIndexOf('\n')
  const isClosed = first >= 0 && new RegExp(`^ {0,3}\\${fence[0]}{${fence.length},}[ \\t]*$`).test(text.slice(last + 1))
  const value = first < 0 || last <= first ? '' : text.slice(first + 1, isClosed ? last : undefined)
  return { kind: 'code', info, value, isClosed, isIndented: false }
}

function blockOf(source: string, node: Node): Block {
  const start = node.position?.start
  const place = { from: start?.offset ?? 0, to: node.position?.end.offset ?? 0, line: start?.line ?? 1 }
  if (node.type === 'heading') {
    const [first, last] = [node.children[0], node.children.at(-1)]
    const text = first && last ? source.slice(first.position?.start.offset, last.position?.end.offset) : ''
    return { ...place, kind: 'heading', depth: node.depth, ...readHeading(text) }
  }
  if (node.type === 'code') return { ...place, ...codeOf(sliceOf(source, node), [node.lang, node.meta].filter(Boolean).join(' ')) }
  if (node.type === 'paragraph') return { ...place, kind: 'paragraph', text: sliceOf(source, node) }
  if (node.type === 'list')
    return { ...place, kind: 'list', isOrdered: node.ordered === true, items: node.children.map((item) => itemText(source, item)) }
  return { ...place, kind: 'other' }
}

/** The blocks of a Markdown text, in order. */
export const blocksOf = (source: string): Block[] => parse(source, { extensions: [BLOCKS_ONLY] }).children.map((node) => blockOf(source, node))

/** A text without the empty lines before it and the white space behind it. */
export function trimBlock(text: string): string {
  let end = text.length
  // A regular expression would try every space of a long line anew.
  while (end > 0 && ' \t\r\n'.includes(text.charAt(end - 1))) end--
  return text.slice(0, end).replace(/^(?:[ \t]*\r?\n)+/, '')
}

const VERBATIM = 'verbatim'

/** A fenced block that holds a text whatever it contains, short of a lone carriage return at its end. */
export function fence(info: string, text: string): string {
  const longest = Math.max(2, ...(text.match(/~{3,}/g) ?? []).map((run) => run.length))
  const marks = '~'.repeat(longest + 1)
  return `${marks}${info}\n${text}\n${marks}`
}

function textInJson(value: string): string | null {
  try {
    return z.string().parse(JSON.parse(value))
  } catch {
    return null
  }
}

/** A text that stands in a fence of its own because it would be misread as Markdown; else the text as it stands. Null for a fence that holds none. */
export function textOfSegment(segment: string, blocks: readonly Block[]): string | null {
  const [only] = blocks
  if (blocks.length !== 1 || only?.kind !== 'code' || only.isIndented) return segment
  if (only.info === `markdown ${VERBATIM}`) return only.value
  return only.info === `json ${VERBATIM}` ? textInJson(only.value) : segment
}

const AFTER = '# After {#after}'

// Lines that begin with a letter are paragraphs and nothing else; most texts are, and need no parsing to be sure of it.
const PARAGRAPHS = /^\p{L}[^\n\r]*(?:\n{1,2}\p{L}[^\n\r]*)*$/u

/** Is the text, standing where a text is expected, read back as it is? `isMark` says which of its blocks would be taken for something else. */
function isReadBack(written: string, text: string, isMark: (block: Block, index: number) => boolean): boolean {
  if (written.charCodeAt(0) === 0xfeff || trimBlock(written) !== written) return false
  const blocks = blocksOf(`${written}\n\n${AFTER}\n`)
  const last = blocks.pop()
  // An open fence or comment would swallow what follows.
  if (last?.kind !== 'heading' || last.from !== written.length + 2) return false
  return !blocks.some(isMark) && textOfSegment(written, blocks) === text
}

/** A text as it stands in the file: as Markdown where that is read back unchanged, else in a fence. */
export function embed(text: string, isMark: (block: Block, index: number) => boolean): string {
  if (PARAGRAPHS.test(text) && trimBlock(text) === text) return text
  const ways = [text, fence(`markdown ${VERBATIM}`, text)]
  return ways.find((written) => isReadBack(written, text, isMark)) ?? fence(`json ${VERBATIM}`, JSON.stringify(text))
}

const SIMPLE = /^[\p{L}\p{N}_./-]+$/u

/** A value of an attribute, quoted where it must be. */
const quoted = (value: string): string => (SIMPLE.test(value) ? value : JSON.stringify(value))

/** A list as an attribute's value: by commas, or as JSON where a name holds more than letters or stands twice. */
export function listValue(names: readonly string[]): string {
  const plain = names.join(', ')
  return names.every((name) => SIMPLE.test(name)) && isSame(commaList(plain), names) ? plain : JSON.stringify(names)
}

/** The same read back. @throws Error for a list that looks like JSON and is none, or holds more than names. */
export function listOf(value: string | undefined): string[] {
  if (value === undefined) return []
  return value.startsWith('[') ? z.array(z.string()).parse(JSON.parse(value)) : commaList(value)
}

/** A heading with its attributes; a title that a heading cannot hold goes into an attribute. */
export function heading(depth: number, title: string, slug: string, values: Record<string, string | undefined>): string {
  const line = (text: string, more: Record<string, string | undefined>) => {
    const pairs = Object.entries(more).flatMap(([key, value]) => (value === undefined || value === '' ? [] : [`${key}=${quoted(value)}`]))
    return `${'#'.repeat(depth)} ${text}${text && ' '}{${[`#${slug}`, ...pairs].join(' ')}}`
  }
  const plain = line(title, values)
  const [read, ...others] = blocksOf(plain)
  const isHeld = others.length === 0 && read?.kind === 'heading' && read.text === title && read.attributes?.slug === slug
  return isHeld ? plain : line('', { title, ...values })
}
