/** The template itself wrote these characters. */
export const TEMPLATE = -1
/** These characters come from the tool definitions of the conversation. */
export const TOOLS = -2

/** A template that cannot be run: unsupported syntax, a wrong type, an undefined name, a limit. */
export class TemplateError extends Error {
  override name = 'TemplateError'
}

/** The template called `raise_exception`: it refuses this conversation. `message` is the template's own wording. */
export class TemplateRefusal extends Error {
  override name = 'TemplateRefusal'
}

/**
 * A string that remembers where its characters come from. `runs` is flat: [end, source, end, source, …] with ascending
 * ends in UTF-16 units, the last one equal to `text.length`. A source is a message index, TEMPLATE or TOOLS.
 */
export class Marked {
  readonly text: string
  readonly runs: readonly number[]
  constructor(text: string, runs: readonly number[]) {
    this.text = text
    this.runs = runs
  }
}

/** Text as templates handle it: a plain string was written by the template. */
export type Text = string | Marked

export class Float {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

/** What a missing name or key yields; `why` is Python's wording of the error its use would raise. */
export class Undefined {
  readonly why: string
  constructor(why: string) {
    this.why = why
  }
}

/** A mapping. `source` marks keys that come from content; `message` is set on the messages of the conversation only. */
export class Dict {
  readonly map: Map<string, Value>
  readonly source: number
  readonly message: number
  constructor(map: Map<string, Value>, source: number = TEMPLATE, message: number = -1) {
    this.map = map
    this.source = source
    this.message = message
  }
}

export class Namespace {
  readonly map: Map<string, Value>
  constructor(map: Map<string, Value>) {
    this.map = map
  }
}

export type Arguments = { positional: Value[]; keyword: Map<string, Value> }

export class Callable {
  readonly name: string
  readonly call: (args: Arguments) => Value
  constructor(name: string, call: (args: Arguments) => Value) {
    this.name = name
    this.call = call
  }
}

/** Integers are `number` where exact and `bigint` beyond; floats are `Float`, so 1.0 stays 1.0. */
export type Value = Undefined | null | boolean | number | bigint | Float | Text | Value[] | Dict | Namespace | Callable

/** A value that may be absent; None is a value and stays, which `??` would lose. */
export const orUndefined = (value: Value | undefined, why: string): Value => (value === undefined ? new Undefined(why) : value)

/** An argument by position or name; undefined when it was not given. */
export function argument(args: Arguments, index: number, name: string): Value | undefined {
  const value = args.positional[index]
  return value === undefined ? args.keyword.get(name) : value
}

export const isText = (value: Value): value is Text => typeof value === 'string' || value instanceof Marked
export const isInteger = (value: Value): value is number | bigint => typeof value === 'number' || typeof value === 'bigint'
export const isNumber = (value: Value): value is number | bigint | Float => isInteger(value) || value instanceof Float

/** The characters of a text, without where they come from. */
export const plain = (text: Text): string => (typeof text === 'string' ? text : text.text)

export const mark = (text: string, source: number): Text => (text === '' || source === TEMPLATE ? text : new Marked(text, [text.length, source]))

/** Collects text and sources; adjacent equal sources merge. */
export class TextBuilder {
  private text = ''
  private runs: number[] = []
  private marked = false

  add(text: string, source: number = TEMPLATE): void {
    if (text === '') return
    this.text += text
    if (source !== TEMPLATE) this.marked = true
    const last = this.runs.length - 2
    if (last >= 0 && this.runs[last + 1] === source) this.runs[last] = this.text.length
    else this.runs.push(this.text.length, source)
  }

  addText(value: Text): void {
    if (typeof value === 'string') {
      this.add(value)
      return
    }
    let start = 0
    for (let i = 0; i < value.runs.length; i += 2) {
      const end = value.runs[i] as number
      this.add(value.text.slice(start, end), value.runs[i + 1] as number)
      start = end
    }
  }

  build(): Text {
    return this.marked ? new Marked(this.text, this.runs) : this.text
  }
}

export function concat(a: Text, b: Text): Text {
  if (typeof a === 'string' && typeof b === 'string') return a + b
  const out = new TextBuilder()
  out.addText(a)
  out.addText(b)
  return out.build()
}

export function sliceText(value: Text, start: number, end: number): Text {
  if (typeof value === 'string') return value.slice(start, end)
  if (start >= end) return ''
  const out = new TextBuilder()
  let from = 0
  for (let i = 0; i < value.runs.length; i += 2) {
    const to = value.runs[i] as number
    if (to > start && from < end) out.add(value.text.slice(Math.max(from, start), Math.min(to, end)), value.runs[i + 1] as number)
    from = to
  }
  return out.build()
}

/** Applies a change of characters run by run, so each result keeps its source. */
export function mapText(value: Text, change: (text: string) => string): Text {
  if (typeof value === 'string') return change(value)
  const out = new TextBuilder()
  let start = 0
  for (let i = 0; i < value.runs.length; i += 2) {
    const end = value.runs[i] as number
    out.add(change(value.text.slice(start, end)), value.runs[i + 1] as number)
    start = end
  }
  return out.build()
}

export function truthy(value: Value): boolean {
  if (value === null || value instanceof Undefined) return false
  if (typeof value === 'boolean') return value
  if (typeof value === 'number') return value !== 0
  if (typeof value === 'bigint') return value !== 0n
  if (value instanceof Float) return value.value !== 0
  if (isText(value)) return plain(value) !== ''
  if (Array.isArray(value)) return value.length > 0
  if (value instanceof Dict) return value.map.size > 0
  return true
}

const numeric = (value: Value): number | bigint | null => {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value instanceof Float) return value.value
  return isInteger(value) ? value : null
}

/** Python's `==`: 1 == 1.0 == True, containers by content, text by characters. */
export function equal(a: Value, b: Value): boolean {
  if (a === b) return true
  const x = numeric(a)
  const y = numeric(b)
  // biome-ignore lint/suspicious/noDoubleEquals: number and bigint compare by value only with ==
  if (x !== null && y !== null) return x == y
  if (isText(a) && isText(b)) return plain(a) === plain(b)
  if (a instanceof Undefined && b instanceof Undefined) return true
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => equal(item, b[i] as Value))
  if (a instanceof Dict && b instanceof Dict) {
    if (a.map.size !== b.map.size) return false
    for (const [key, value] of a.map) {
      const other = b.map.get(key)
      if (other === undefined || !equal(value, other)) return false
    }
    return true
  }
  return false
}

/** Order by Unicode code points, as Python compares strings; UTF-16 order differs beyond U+FFFF. */
export function compareCodePoints(a: string, b: string): number {
  const n = Math.min(a.length, b.length)
  for (let i = 0; i < n; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    const surrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdfff
    if (surrogate(x) !== surrogate(y)) return surrogate(x) ? 1 : -1
    return x < y ? -1 : 1
  }
  return a.length - b.length
}

/** Python's ordering; unlike kinds do not compare. */
export function compare(a: Value, b: Value): number {
  const x = numeric(a)
  const y = numeric(b)
  if (x !== null && y !== null) return x < y ? -1 : x > y ? 1 : 0
  if (isText(a) && isText(b)) return compareCodePoints(plain(a), plain(b))
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < Math.min(a.length, b.length); i++) {
      const order = compare(a[i] as Value, b[i] as Value)
      if (order !== 0) return order
    }
    return a.length - b.length
  }
  throw new TemplateError(`'<' not supported between instances of '${kindOf(a)}' and '${kindOf(b)}'`)
}

/** Python's name of a value's type, for error messages. */
export function kindOf(value: Value): string {
  if (value === null) return 'NoneType'
  if (value instanceof Undefined) return 'Undefined'
  if (typeof value === 'boolean') return 'bool'
  if (isInteger(value)) return 'int'
  if (value instanceof Float) return 'float'
  if (isText(value)) return 'str'
  if (Array.isArray(value)) return 'list'
  if (value instanceof Dict) return 'dict'
  if (value instanceof Namespace) return 'Namespace'
  return 'function'
}

/** What Python iterates: items of a list, keys of a mapping, code points of a string, nothing of an undefined. */
export function iterate(value: Value): Value[] {
  if (Array.isArray(value)) return value
  if (value instanceof Dict) return [...value.map.keys()].map((key) => mark(key, value.source))
  if (value instanceof Undefined) return []
  if (isText(value)) {
    const items: Value[] = []
    let at = 0
    for (const point of plain(value)) {
      items.push(sliceText(value, at, at + point.length))
      at += point.length
    }
    return items
  }
  throw new TemplateError(`'${kindOf(value)}' object is not iterable`)
}
