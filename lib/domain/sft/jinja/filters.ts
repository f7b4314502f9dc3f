import { toJson, toText } from './print.ts'
import { capitalize, joinText, replaceText, splitLines, strip } from './strings.ts'
import { runTest } from './tests.ts'
import {
  type Arguments,
  argument,
  compare,
  Dict,
  equal,
  Float,
  isInteger,
  isNumber,
  isText,
  iterate,
  kindOf,
  mapText,
  mark,
  Namespace,
  orUndefined,
  plain,
  TemplateError,
  type Text,
  TextBuilder,
  truthy,
  Undefined,
  type Value,
} from './values.ts'

type Filter = (value: Value, args: Arguments) => Value

const flag = (value: Value | undefined): boolean => value !== undefined && truthy(value)
const optionText = (value: Value | undefined, otherwise: string): string => (value === undefined || !isText(value) ? otherwise : plain(value))
const only = (...positional: Value[]): Arguments => ({ positional, keyword: new Map() })

/** Follows a dotted path of keys and indices, as jinja2's `make_attrgetter` does. */
export function attributeOf(item: Value, path: string): Value {
  let value = item
  for (const part of path.split('.')) {
    if (value instanceof Dict || value instanceof Namespace) value = orUndefined(value.map.get(part), `no attribute '${part}'`)
    else if (Array.isArray(value) && /^\d+$/.test(part)) value = orUndefined(value[Number(part)], `no item ${part}`)
    else return new Undefined(`'${kindOf(value)}' has no attribute '${part}'`)
  }
  return value
}

const length: Filter = (value) => {
  if (isText(value)) return [...plain(value)].length
  if (value instanceof Dict) return value.map.size
  if (Array.isArray(value)) return value.length
  if (value instanceof Undefined) return 0
  throw new TemplateError(`object of type '${kindOf(value)}' has no len()`)
}

const fallback: Filter = (value, args) => {
  const missing = value instanceof Undefined || (flag(argument(args, 1, 'boolean')) && !truthy(value))
  const otherwise = argument(args, 0, 'default_value')
  if (!missing) return value
  return otherwise === undefined ? '' : otherwise
}

const map: Filter = (value, args) => {
  const attribute = args.keyword.get('attribute')
  if (attribute !== undefined) {
    const otherwise = args.keyword.get('default')
    return iterate(value).map((item) => {
      const found = attributeOf(item, optionText(attribute, ''))
      return found instanceof Undefined && otherwise !== undefined ? otherwise : found
    })
  }
  const [name, ...rest] = args.positional
  const inner = { positional: rest, keyword: args.keyword }
  return iterate(value).map((item) => applyFilter(optionText(name, ''), item, inner))
}

const pick =
  (keep: boolean, byAttribute: boolean): Filter =>
  (value, args) => {
    const rest = args.positional.slice(byAttribute ? 1 : 0)
    const path = byAttribute ? optionText(args.positional[0], '') : ''
    const [test, ...testArgs] = rest
    return iterate(value).filter((item) => {
      const subject = byAttribute ? attributeOf(item, path) : item
      return keep === (test === undefined ? truthy(subject) : runTest(optionText(test, ''), subject, testArgs))
    })
  }

const sort: Filter = (value, args) => {
  const attribute = argument(args, 2, 'attribute')
  const sensitive = flag(argument(args, 1, 'case_sensitive'))
  const key = (item: Value): Value => {
    const subject = attribute === undefined ? item : attributeOf(item, optionText(attribute, ''))
    return !sensitive && isText(subject) ? plain(subject).toLowerCase() : subject
  }
  const sign = flag(argument(args, 0, 'reverse')) ? -1 : 1
  return [...iterate(value)].sort((a, b) => sign * compare(key(a), key(b)))
}

const indent: Filter = (value, args) => {
  const width = argument(args, 0, 'width') ?? 4
  const margin = isText(width) ? plain(width) : ' '.repeat(isInteger(width) ? Number(width) : 4)
  const out = new TextBuilder()
  // jinja2 appends a newline first, so a final empty line survives splitlines.
  const closed = new TextBuilder()
  closed.addText(toText(value))
  closed.add('\n')
  splitLines(closed.build()).forEach((line, i) => {
    if (i > 0) out.add('\n')
    if (i === 0 ? flag(argument(args, 1, 'first')) : plain(line) !== '' || flag(argument(args, 2, 'blank'))) out.add(margin)
    out.addText(line)
  })
  return out.build()
}

const title = (text: string) =>
  text
    .split(/([-\s({[<]+)/)
    .filter(Boolean)
    .map((part) => (part[0] as string).toUpperCase() + part.slice(1).toLowerCase())
    .join('')

const toInteger: Filter = (value, args) => {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value instanceof Float) return Math.trunc(value.value)
  if (isInteger(value)) return value
  const match = isText(value) ? /^\s*([+-]?\d+)(\.\d*)?\s*$/.exec(plain(value)) : null
  const otherwise = argument(args, 0, 'default')
  if (match) return Number(match[1])
  return otherwise === undefined ? 0 : otherwise
}

const toFloat: Filter = (value, args) => {
  if (typeof value === 'boolean') return new Float(value ? 1 : 0)
  if (isNumber(value)) return new Float(value instanceof Float ? value.value : Number(value))
  const number = isText(value) && plain(value).trim() !== '' ? Number(plain(value)) : Number.NaN
  const otherwise = argument(args, 0, 'default')
  if (!Number.isNaN(number)) return new Float(number)
  return otherwise === undefined ? new Float(0) : otherwise
}

const round: Filter = (value, args) => {
  if (!isNumber(value)) throw new TemplateError(`cannot round '${kindOf(value)}'`)
  const digits = Number(toText(argument(args, 0, 'precision') ?? 0))
  const number = value instanceof Float ? value.value : Number(value)
  const method = optionText(argument(args, 1, 'method'), 'common')
  const scale = 10 ** digits
  const scaled = number * scale
  if (method === 'ceil') return new Float(Math.ceil(scaled) / scale)
  if (method === 'floor') return new Float(Math.floor(scaled) / scale)
  const floor = Math.floor(scaled)
  const half = scaled - floor === 0.5
  return new Float((half ? floor + (floor % 2 === 0 ? 0 : 1) : Math.round(scaled)) / scale)
}

const json: Filter = (value, args) => {
  const indentValue = argument(args, 1, 'indent')
  const separators = argument(args, 2, 'separators')
  return toJson(value, {
    ensureAscii: flag(argument(args, 0, 'ensure_ascii')),
    indent: indentValue !== undefined && isInteger(indentValue) ? Number(indentValue) : null,
    separators: Array.isArray(separators) ? [plain(toText(separators[0] ?? '')), plain(toText(separators[1] ?? ''))] : null,
    sortKeys: flag(argument(args, 3, 'sort_keys')),
  })
}

const items: Filter = (value) => {
  if (value instanceof Undefined) return []
  if (!(value instanceof Dict)) throw new TemplateError(`Can only get item pairs from a mapping, not '${kindOf(value)}'`)
  return [...value.map].map(([key, item]) => [mark(key, value.source), item])
}

const extreme =
  (sign: number): Filter =>
  (value) => {
    const list = iterate(value)
    if (list.length === 0) return new Undefined('No aggregated item, sequence was empty.')
    return list.reduce((best, item) => (sign * compare(item, best) > 0 ? item : best))
  }

const FILTERS: Record<string, Filter> = {
  tojson: json,
  trim: (value, args) => strip(toText(value), 'both', args.positional[0] === undefined ? null : optionText(args.positional[0], '')),
  length,
  count: length,
  default: fallback,
  d: fallback,
  map,
  sort,
  indent,
  round,
  items,
  list: (value) => [...iterate(value)],
  first: (value) => orUndefined(iterate(value)[0], 'No first item, sequence was empty.'),
  last: (value) => orUndefined(iterate(value).at(-1), 'No last item, sequence was empty.'),
  join: (value, args) => {
    const attribute = argument(args, 1, 'attribute')
    const list = iterate(value).map((item) => (attribute === undefined ? item : attributeOf(item, optionText(attribute, ''))))
    return joinText(list, toText(argument(args, 0, 'd') ?? ''))
  },
  upper: (value) => mapText(toText(value), (text) => text.toUpperCase()),
  lower: (value) => mapText(toText(value), (text) => text.toLowerCase()),
  capitalize: (value) => capitalize(toText(value)),
  title: (value) => mapText(toText(value), title),
  replace: (value, args) => {
    const count = argument(args, 2, 'count')
    return replaceText(
      toText(value),
      plain(toText(args.positional[0] ?? '')),
      toText(args.positional[1] ?? ''),
      count !== undefined && isInteger(count) ? Number(count) : -1,
    )
  },
  string: (value) => toText(value),
  safe: (value) => value,
  int: toInteger,
  float: toFloat,
  abs: (value) => {
    if (value instanceof Float) return new Float(Math.abs(value.value))
    if (isInteger(value)) return value < 0 ? -value : value
    throw new TemplateError(`bad operand type for abs(): '${kindOf(value)}'`)
  },
  reverse: (value) => (isText(value) ? joinText([...iterate(value)].reverse(), '') : [...iterate(value)].reverse()),
  unique: (value) => {
    const fold = (item: Value): Value => (isText(item) ? plain(item).toLowerCase() : item)
    return iterate(value).filter((item, i, all) => all.findIndex((other) => equal(fold(other), fold(item))) === i)
  },
  select: pick(true, false),
  reject: pick(false, false),
  selectattr: pick(true, true),
  rejectattr: pick(false, true),
  dictsort: (value, args) => {
    const byValue = optionText(argument(args, 1, 'by'), 'key') === 'value'
    const sign = flag(argument(args, 2, 'reverse')) ? -1 : 1
    const key = (pair: Value): Value => {
      const part = (pair as Value[])[byValue ? 1 : 0] as Value
      return !flag(argument(args, 0, 'case_sensitive')) && isText(part) ? plain(part).toLowerCase() : part
    }
    return (items(value, only()) as Value[]).sort((a, b) => sign * compare(key(a), key(b)))
  },
  min: extreme(-1),
  max: extreme(1),
  sum: (value) => {
    const numbers = iterate(value)
    const total = numbers.reduce<number>((sum, item) => sum + Number(plain(toText(item))), 0)
    return numbers.some((item) => item instanceof Float) ? new Float(total) : total
  },
  escape: (value) => escapeHtml(toText(value)),
  e: (value) => escapeHtml(toText(value)),
  wordcount: (value) => plain(toText(value)).match(/\w+/gu)?.length ?? 0,
}

const escapeHtml = (value: Text): Text =>
  mapText(value, (text) => text.replace(/[&<>'"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', "'": '&#39;', '"': '&#34;' })[c] ?? c))

export const hasFilter = (name: string): boolean => Object.hasOwn(FILTERS, name)

/** Applies a jinja2 filter with Python's results. Throws TemplateError for an unknown filter or a wrong type. */
export function applyFilter(name: string, value: Value, args: Arguments): Value {
  const filter = Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined
  if (!filter) throw new TemplateError(`No filter named '${name}'.`)
  return filter(value, args)
}
