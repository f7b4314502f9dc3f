import { toText } from './print.ts'
import {
  type Arguments,
  argument,
  equal,
  isInteger,
  isText,
  iterate,
  kindOf,
  mapText,
  orUndefined,
  plain,
  sliceText,
  TemplateError,
  type Text,
  TextBuilder,
  type Value,
} from './values.ts'

/** What Python's `str.isspace` accepts. JavaScript's `trim` also takes U+FEFF and leaves U+001C–U+001F and U+0085. */
const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const LEADING = new RegExp(`^[${SPACE}]+`)
const TRAILING = new RegExp(`[${SPACE}]+$`)
const LINE_END = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/g

export type Side = 'left' | 'right' | 'both'

/** `str.strip`, `lstrip`, `rstrip`: whitespace as Python sees it, or any of the code points in `chars`. */
export function strip(value: Text, side: Side, chars: string | null = null): Text {
  const text = plain(value)
  let start = 0
  let end = text.length
  if (chars === null) {
    if (side !== 'right') start = LEADING.exec(text)?.[0].length ?? 0
    if (side !== 'left' && start < end) end -= trailing(text)
  } else {
    const set = new Set(chars)
    const points = [...text]
    let left = 0
    let right = points.length
    if (side !== 'right') while (left < right && set.has(points[left] as string)) start += (points[left++] as string).length
    if (side !== 'left') while (right > left && set.has(points[right - 1] as string)) end -= (points[--right] as string).length
  }
  return start === 0 && end === text.length ? value : sliceText(value, start, end)
}

/** Length of the whitespace at the end; a regular expression anchored at the end alone would be quadratic on long runs. */
function trailing(text: string): number {
  let n = 0
  while (n < text.length && TRAILING.test(text[text.length - 1 - n] as string)) n++
  return n
}

export function replaceText(value: Text, from: string, to: Text, count: number): Text {
  const text = plain(value)
  const out = new TextBuilder()
  let at = 0
  let left = count < 0 ? Number.POSITIVE_INFINITY : count
  if (from === '') {
    for (const point of [...text, '']) {
      if (left-- > 0) out.addText(to)
      out.addText(sliceText(value, at, at + point.length))
      at += point.length
    }
    return out.build()
  }
  for (let found = text.indexOf(from); found >= 0 && left > 0; found = text.indexOf(from, at), left--) {
    out.addText(sliceText(value, at, found))
    out.addText(to)
    at = found + from.length
  }
  if (at === 0) return value
  out.addText(sliceText(value, at, text.length))
  return out.build()
}

export function split(value: Text, separator: string | null, limit: number): Text[] {
  const text = plain(value)
  const parts: Text[] = []
  let at = 0
  if (separator === null) {
    const words = new RegExp(`[^${SPACE}]+`, 'g')
    for (let match = words.exec(text); match; match = words.exec(text)) {
      if (limit >= 0 && parts.length >= limit) return [...parts, strip(sliceText(value, match.index, text.length), 'right')]
      parts.push(sliceText(value, match.index, match.index + match[0].length))
    }
    return parts
  }
  if (separator === '') throw new TemplateError('empty separator')
  for (let found = text.indexOf(separator); found >= 0 && (limit < 0 || parts.length < limit); found = text.indexOf(separator, at)) {
    parts.push(sliceText(value, at, found))
    at = found + separator.length
  }
  parts.push(sliceText(value, at, text.length))
  return parts
}

function splitRight(value: Text, separator: string, limit: number): Text[] {
  if (separator === '') throw new TemplateError('empty separator')
  const text = plain(value)
  const parts: Text[] = []
  let end = text.length
  while (limit < 0 || parts.length < limit) {
    const found = end - separator.length < 0 ? -1 : text.lastIndexOf(separator, end - separator.length)
    if (found < 0) break
    parts.unshift(sliceText(value, found + separator.length, end))
    end = found
  }
  return [sliceText(value, 0, end), ...parts]
}

export function splitLines(value: Text): Text[] {
  const text = plain(value)
  const lines: Text[] = []
  let at = 0
  for (const match of text.matchAll(LINE_END)) {
    lines.push(sliceText(value, at, match.index))
    at = match.index + match[0].length
  }
  if (at < text.length) lines.push(sliceText(value, at, text.length))
  return lines
}

export function joinText(items: Value[], separator: Text): Text {
  const out = new TextBuilder()
  items.forEach((item, i) => {
    if (i > 0) out.addText(separator)
    out.addText(toText(item))
  })
  return out.build()
}

export const capitalize = (value: Text): Text => {
  const first = [...plain(value)][0]?.length ?? 0
  const head = mapText(sliceText(value, 0, first), (text) => text.toUpperCase())
  const out = new TextBuilder()
  out.addText(head)
  out.addText(mapText(sliceText(value, first, plain(value).length), (text) => text.toLowerCase()))
  return out.build()
}

const title = (text: string) => text.replace(/\p{L}+/gu, (word) => (word[0] as string).toUpperCase() + word.slice(1).toLowerCase())

/** `'%s and %d' % values`, the few directives that chat templates use. */
export function formatPercent(format: Text, values: Value[]): Text {
  const text = plain(format)
  const out = new TextBuilder()
  let at = 0
  let next = 0
  for (const match of text.matchAll(/%([%sdir])/g)) {
    out.addText(sliceText(format, at, match.index))
    at = match.index + 2
    if (match[1] === '%') out.add('%')
    else {
      if (next >= values.length) throw new TemplateError('not enough arguments for format string')
      out.addText(toText(values[next++] as Value))
    }
  }
  out.addText(sliceText(format, at, text.length))
  return out.build()
}

const wantText = (value: Value | undefined, name: string): Text => {
  if (value !== undefined && isText(value)) return value
  throw new TemplateError(`${name}() wants text, not '${value === undefined ? 'nothing' : kindOf(value)}'`)
}
const optionalText = (value: Value | undefined, name: string): string | null =>
  value === undefined || value === null ? null : plain(wantText(value, name))
const optionalInteger = (value: Value | undefined, otherwise: number): number => (value !== undefined && isInteger(value) ? Number(value) : otherwise)

const affix = (args: Arguments, name: string, test: (part: string) => boolean): boolean => {
  const value = args.positional[0]
  return (Array.isArray(value) ? value : [value]).some((part) => test(plain(wantText(part, name))))
}

const codePoints = (text: string, units: number): number => (units < 0 ? -1 : [...text.slice(0, units)].length)

type Method = (self: Text, args: Arguments) => Value

const METHODS: Record<string, Method> = {
  strip: (self, args) => strip(self, 'both', optionalText(args.positional[0], 'strip')),
  lstrip: (self, args) => strip(self, 'left', optionalText(args.positional[0], 'lstrip')),
  rstrip: (self, args) => strip(self, 'right', optionalText(args.positional[0], 'rstrip')),
  upper: (self) => mapText(self, (text) => text.toUpperCase()),
  lower: (self) => mapText(self, (text) => text.toLowerCase()),
  title: (self) => mapText(self, title),
  capitalize: (self) => capitalize(self),
  split: (self, args) => split(self, optionalText(argument(args, 0, 'sep'), 'split'), optionalInteger(argument(args, 1, 'maxsplit'), -1)),
  rsplit: (self, args) => {
    const separator = optionalText(argument(args, 0, 'sep'), 'rsplit')
    if (separator === null) throw new TemplateError('rsplit() without a separator is not supported')
    return splitRight(self, separator, optionalInteger(argument(args, 1, 'maxsplit'), -1))
  },
  splitlines: (self) => splitLines(self),
  replace: (self, args) =>
    replaceText(
      self,
      plain(wantText(args.positional[0], 'replace')),
      wantText(args.positional[1], 'replace'),
      optionalInteger(argument(args, 2, 'count'), -1),
    ),
  startswith: (self, args) => affix(args, 'startswith', (part) => plain(self).startsWith(part)),
  endswith: (self, args) => affix(args, 'endswith', (part) => plain(self).endsWith(part)),
  removeprefix: (self, args) => {
    const part = plain(wantText(args.positional[0], 'removeprefix'))
    return plain(self).startsWith(part) ? sliceText(self, part.length, plain(self).length) : self
  },
  removesuffix: (self, args) => {
    const part = plain(wantText(args.positional[0], 'removesuffix'))
    return part !== '' && plain(self).endsWith(part) ? sliceText(self, 0, plain(self).length - part.length) : self
  },
  partition: (self, args) => {
    const part = wantText(args.positional[0], 'partition')
    const at = plain(self).indexOf(plain(part))
    if (at < 0) return [self, '', '']
    return [sliceText(self, 0, at), part, sliceText(self, at + plain(part).length, plain(self).length)]
  },
  rpartition: (self, args) => {
    const part = wantText(args.positional[0], 'rpartition')
    const at = plain(self).lastIndexOf(plain(part))
    if (at < 0) return ['', '', self]
    return [sliceText(self, 0, at), part, sliceText(self, at + plain(part).length, plain(self).length)]
  },
  find: (self, args) => codePoints(plain(self), plain(self).indexOf(plain(wantText(args.positional[0], 'find')))),
  rfind: (self, args) => codePoints(plain(self), plain(self).lastIndexOf(plain(wantText(args.positional[0], 'rfind')))),
  count: (self, args) => split(self, plain(wantText(args.positional[0], 'count')), -1).length - 1,
  join: (self, args) => joinText(iterate(orUndefined(args.positional[0], 'join() wants a list')), self),
  isdigit: (self) => /^\p{Nd}+$/u.test(plain(self)),
  isspace: (self) => plain(self) !== '' && plain(strip(self, 'both')) === '',
  isalpha: (self) => /^\p{L}+$/u.test(plain(self)),
  isupper: (self) => /\p{Lu}/u.test(plain(self)) && plain(self) === plain(self).toUpperCase(),
  islower: (self) => /\p{Ll}/u.test(plain(self)) && plain(self) === plain(self).toLowerCase(),
}

/** The method `name` of Python's `str` bound to `self`, or null where a template may not use it. */
export function stringMethod(self: Text, name: string): ((args: Arguments) => Value) | null {
  const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined
  return method ? (args) => method(self, args) : null
}

/** `needle in text`. */
export const includesText = (text: Text, needle: Value): boolean => {
  if (!isText(needle)) throw new TemplateError(`'in <string>' requires string as left operand, not ${kindOf(needle)}`)
  return plain(text).includes(plain(needle))
}

export const includesItem = (items: Value[], needle: Value): boolean => items.some((item) => equal(item, needle))
