import {
  compareCodePoints,
  Dict,
  Float,
  isText,
  kindOf,
  type Marked,
  plain,
  TEMPLATE,
  TemplateError,
  type Text,
  TextBuilder,
  Undefined,
  type Value,
} from './values.ts'

/** `repr` of a Python float: the shortest digits that read back the same, 16 digits before an exponent appears. */
export function floatRepr(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const [mantissa = '', power = '0'] = Math.abs(value).toExponential().split('e')
  const digits = mantissa.replace('.', '')
  const exponent = Number(power)
  const sign = value < 0 ? '-' : ''
  if (exponent < -4 || exponent >= 16) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`
}

/** `str(value)` of Python: what `{{ value }}` and `~` print. */
export function toText(value: Value): Text {
  if (isText(value)) return value
  if (value instanceof Undefined) return ''
  if (Array.isArray(value) || value instanceof Dict) {
    const out = new TextBuilder()
    addRepr(out, value)
    return out.build()
  }
  return scalar(value)
}

function scalar(value: Value): string {
  if (value === null) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (value instanceof Float) return floatRepr(value.value)
  throw new TemplateError(`a template cannot print a value of type ${kindOf(value)}`)
}

const NAMED = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\\', '\\\\'],
])

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  // Python escapes what it deems unprintable: other, separators but the space.
  const body = text.replace(/[\\'"]|[\p{C}\p{Z}]/gu, (c) => {
    if (c === ' ' || c === '"' || c === "'") return c === quote ? `\\${c}` : c
    const named = NAMED.get(c)
    if (named) return named
    const code = c.codePointAt(0) as number
    const hex = code.toString(16)
    return code < 0x100 ? `\\x${hex.padStart(2, '0')}` : code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
  })
  return quote + body + quote
}

function addRepr(out: TextBuilder, value: Value): void {
  if (isText(value)) {
    // The quotes take the source of the text between them: nothing of a control token can hide at their edge.
    const source = typeof value === 'string' ? TEMPLATE : firstSource(value)
    out.add(quoted(plain(value)), source)
  } else if (Array.isArray(value)) {
    out.add('[')
    value.forEach((item, i) => {
      if (i > 0) out.add(', ')
      addRepr(out, item)
    })
    out.add(']')
  } else if (value instanceof Dict) {
    out.add('{')
    let first = true
    for (const [key, item] of value.map) {
      if (!first) out.add(', ')
      first = false
      out.add(quoted(key), value.source)
      out.add(': ')
      addRepr(out, item)
    }
    out.add('}')
  } else if (value instanceof Undefined) out.add('Undefined')
  else out.add(scalar(value))
}

const firstSource = (text: Marked): number => {
  for (let i = 1; i < text.runs.length; i += 2) if (text.runs[i] !== TEMPLATE) return text.runs[i] as number
  return TEMPLATE
}

export type JsonStyle = { indent: number | null; ensureAscii: boolean; sortKeys: boolean; separators: [string, string] | null }

/**
 * `json.dumps` as transformers' `tojson` filter calls it (utils/chat_template_utils.py): `, ` and `: ` between items,
 * non-ASCII kept. Numbers print as Python prints what it would have read. Throws TemplateError for undefined values.
 */
export function toJson(value: Value, style: JsonStyle): Text {
  const out = new TextBuilder()
  addJson(out, value, style, 0)
  return out.build()
}

const jsonString = (text: string, ascii: boolean): string => {
  const json = JSON.stringify(text)
  return ascii ? json.replace(/[\x7f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`) : json
}

function jsonScalar(value: Value): string {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return String(value)
  if (value instanceof Float) {
    const text = floatRepr(value.value)
    return text === 'nan' ? 'NaN' : text.replace('inf', 'Infinity')
  }
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  throw new TemplateError(`Object of type ${kindOf(value)} is not JSON serializable`)
}

function addJson(out: TextBuilder, value: Value, style: JsonStyle, depth: number): void {
  if (isText(value)) {
    out.add(jsonString(plain(value), style.ensureAscii), typeof value === 'string' ? TEMPLATE : firstSource(value))
    return
  }
  const list = Array.isArray(value)
  if (!list && !(value instanceof Dict)) {
    out.add(jsonScalar(value))
    return
  }
  const [comma, colon] = style.separators ?? [style.indent === null ? ', ' : ',', ': ']
  const line = (level: number) => (style.indent === null ? '' : `\n${' '.repeat(style.indent * level)}`)
  const keys = list ? [] : [...value.map.keys()]
  if (style.sortKeys) keys.sort(compareCodePoints)
  const size = list ? value.length : keys.length
  out.add(list ? '[' : '{')
  for (let i = 0; i < size; i++) {
    out.add((i > 0 ? comma : '') + line(depth + 1))
    if (list) addJson(out, value[i] as Value, style, depth + 1)
    else {
      const key = keys[i] as string
      out.add(jsonString(key, style.ensureAscii), value.source)
      out.add(colon)
      addJson(out, value.map.get(key) as Value, style, depth + 1)
    }
  }
  if (size > 0) out.add(line(depth))
  out.add(list ? ']' : '}')
}
