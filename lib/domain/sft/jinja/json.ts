import { Dict, Float, mark, TEMPLATE, TemplateError, type Value } from './values.ts'

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y
const MAX_DEPTH = 200

/**
 * Reads JSON text as Python's `json.loads` does: integers keep every digit, 1.0 stays a float, a repeated key keeps its
 * first place and its last value. `source` marks the strings (and keys) as content of that message.
 * Throws TemplateError with the offset where the text is not JSON.
 */
export function parseJson(text: string, source: number = TEMPLATE): Value {
  const reader = new Reader(text, source)
  const value = reader.value(0)
  reader.end()
  return value
}

class Reader {
  private readonly text: string
  private readonly source: number
  private at = 0

  constructor(text: string, source: number) {
    this.text = text
    this.source = source
  }

  private fail(): never {
    throw new TemplateError(`not valid JSON at offset ${this.at}`)
  }

  private space(): void {
    while (this.at < this.text.length && ' \t\n\r'.includes(this.text[this.at] as string)) this.at++
  }

  private take(char: string): boolean {
    this.space()
    if (this.text[this.at] !== char) return false
    this.at++
    return true
  }

  end(): void {
    this.space()
    if (this.at !== this.text.length) this.fail()
  }

  value(depth: number): Value {
    if (depth > MAX_DEPTH) this.fail()
    this.space()
    const char = this.text[this.at]
    if (char === '{') return this.object(depth)
    if (char === '[') return this.array(depth)
    if (char === '"') return mark(this.string(), this.source)
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length
        return value
      }
    }
    return this.number()
  }

  private number(): Value {
    NUMBER.lastIndex = this.at
    const match = NUMBER.exec(this.text)
    if (!match) this.fail()
    this.at = NUMBER.lastIndex
    if (match[1] !== undefined || match[2] !== undefined) return new Float(Number(match[0]))
    const value = Number(match[0])
    // json.loads('-0') is the integer 0.
    return Number.isSafeInteger(value) ? value + 0 || 0 : BigInt(match[0])
  }

  private string(): string {
    const start = this.at++
    while (this.at < this.text.length) {
      const char = this.text[this.at]
      if (char === '"') {
        this.at++
        try {
          return JSON.parse(this.text.slice(start, this.at)) as string
        } catch {
          this.at = start
          this.fail()
        }
      }
      this.at += char === '\\' ? 2 : 1
    }
    this.at = start
    return this.fail()
  }

  private array(depth: number): Value[] {
    const items: Value[] = []
    this.at++
    if (this.take(']')) return items
    do items.push(this.value(depth + 1))
    while (this.take(','))
    if (!this.take(']')) this.fail()
    return items
  }

  private object(depth: number): Dict {
    const map = new Map<string, Value>()
    this.at++
    if (this.take('}')) return new Dict(map, this.source)
    do {
      this.space()
      if (this.text[this.at] !== '"') this.fail()
      const key = this.string()
      if (!this.take(':')) this.fail()
      map.set(key, this.value(depth + 1))
    } while (this.take(','))
    if (!this.take('}')) this.fail()
    return new Dict(map, this.source)
  }
}
