import { toText } from './print.ts'
import { formatPercent, stringMethod } from './strings.ts'
import { contains } from './tests.ts'
import {
  type Arguments,
  Callable,
  compare,
  concat,
  Dict,
  equal,
  Float,
  isInteger,
  isNumber,
  isText,
  iterate,
  kindOf,
  mark,
  Namespace,
  orUndefined,
  plain,
  sliceText,
  TemplateError,
  Undefined,
  type Value,
} from './values.ts'

const MAX_REPEAT = 16 * 1024 * 1024

const fitting = (value: bigint): number | bigint =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value

function arithmetic(operator: string, a: number | bigint | Float, b: number | bigint | Float): Value {
  if (isInteger(a) && isInteger(b) && operator !== '/') {
    const x = BigInt(a)
    const y = BigInt(b)
    if (operator === '+') return fitting(x + y)
    if (operator === '-') return fitting(x - y)
    if (operator === '*') return fitting(x * y)
    if (operator === '**' && y >= 0n && y < 1000n) return fitting(x ** y)
    if (operator === '//' || operator === '%') {
      if (y === 0n) throw new TemplateError('division by zero')
      const rest = ((x % y) + y) % y
      return fitting(operator === '%' ? rest : (x - rest) / y)
    }
  }
  const x = a instanceof Float ? a.value : Number(a)
  const y = b instanceof Float ? b.value : Number(b)
  if (operator === '+') return new Float(x + y)
  if (operator === '-') return new Float(x - y)
  if (operator === '*') return new Float(x * y)
  if (operator === '**') return new Float(x ** y)
  if (y === 0) throw new TemplateError('division by zero')
  if (operator === '/') return new Float(x / y)
  if (operator === '//') return new Float(Math.floor(x / y))
  return new Float(x - y * Math.floor(x / y))
}

const asNumber = (value: Value): Value => (typeof value === 'boolean' ? Number(value) : value)

function repeat(a: Value, b: Value): Value | null {
  const [item, times] = isInteger(b) ? [a, Number(b)] : isInteger(a) ? [b, Number(a)] : [null, 0]
  if (item === null) return null
  const size = isText(item) ? plain(item).length : Array.isArray(item) ? item.length : 0
  if (size * times > MAX_REPEAT) throw new TemplateError('the repeated value is too large')
  if (isText(item)) {
    let out = plain('') as ReturnType<typeof concat>
    for (let i = 0; i < times; i++) out = concat(out, item)
    return out
  }
  return Array.isArray(item) ? Array.from({ length: Math.max(0, times) }, () => item).flat(1) : null
}

const refuseUndefined = (value: Value): void => {
  if (value instanceof Undefined) throw new TemplateError(value.why)
}

/** `a operator b` with Python's results; `and` and `or` are the caller's. Throws TemplateError where Python raises. */
export function binary(operator: string, a: Value, b: Value): Value {
  if (operator === '==') return equal(a, b)
  if (operator === '!=') return !equal(a, b)
  if (operator === '~') return concat(toText(a), toText(b))
  if (operator === 'in') return contains(b, a)
  if (operator === 'not in') return !contains(b, a)
  refuseUndefined(a)
  refuseUndefined(b)
  if (operator === '<') return compare(a, b) < 0
  if (operator === '>') return compare(a, b) > 0
  if (operator === '<=') return compare(a, b) <= 0
  if (operator === '>=') return compare(a, b) >= 0
  if (operator === '+' && isText(a) && isText(b)) return concat(a, b)
  if (operator === '+' && Array.isArray(a) && Array.isArray(b)) return [...a, ...b]
  if (operator === '%' && isText(a)) return formatPercent(a, Array.isArray(b) ? b : [b])
  const x = asNumber(a)
  const y = asNumber(b)
  if (isNumber(x) && isNumber(y)) return arithmetic(operator, x, y)
  const repeated = operator === '*' ? repeat(x, y) : null
  if (repeated !== null) return repeated
  if (operator === '+' && (isText(a) || isText(b))) {
    throw new TemplateError(
      isText(a) ? `can only concatenate str (not "${kindOf(b)}") to str` : `unsupported operand type(s) for +: '${kindOf(a)}' and 'str'`,
    )
  }
  throw new TemplateError(`unsupported operand type(s) for ${operator}: '${kindOf(a)}' and '${kindOf(b)}'`)
}

export function negate(operator: string, value: Value): Value {
  refuseUndefined(value)
  const number = asNumber(value)
  if (!isNumber(number)) throw new TemplateError(`bad operand type for unary ${operator}: '${kindOf(value)}'`)
  if (operator === '+') return number
  if (number instanceof Float) return new Float(-number.value)
  return number === 0 ? 0 : -number
}

const want = (args: Arguments): Value => {
  const key = args.positional[0]
  if (key === undefined) throw new TemplateError('a key is missing')
  return key
}

const DICT_METHODS: Record<string, (self: Dict, args: Arguments) => Value> = {
  get: (self, args) => {
    const key = want(args)
    const found = isText(key) ? self.map.get(plain(key)) : undefined
    if (found !== undefined) return found
    const otherwise = args.positional[1]
    return otherwise === undefined ? null : otherwise
  },
  items: (self) => [...self.map].map(([key, value]) => [mark(key, self.source), value]),
  keys: (self) => iterate(self),
  values: (self) => [...self.map.values()],
  copy: (self) => new Dict(new Map(self.map), self.source, self.message),
}

/** Methods that change a value: transformers' sandbox refuses them, so templates in use have none. */
const CHANGING = new Set(['append', 'extend', 'insert', 'pop', 'remove', 'clear', 'update', 'setdefault', 'popitem', 'sort', 'reverse'])

function methodOf(object: Value, name: string): Callable | null {
  if (isText(object)) {
    const method = stringMethod(object, name)
    return method && new Callable(name, method)
  }
  if (object instanceof Dict && Object.hasOwn(DICT_METHODS, name)) {
    const method = DICT_METHODS[name] as (self: Dict, args: Arguments) => Value
    return new Callable(name, (args) => method(object, args))
  }
  if (Array.isArray(object) && name === 'index') {
    return new Callable(name, (args) => object.findIndex((item) => equal(item, want(args))))
  }
  if (Array.isArray(object) && name === 'count') {
    return new Callable(name, (args) => object.filter((item) => equal(item, want(args))).length)
  }
  if ((Array.isArray(object) || object instanceof Dict) && CHANGING.has(name)) {
    return new Callable(name, () => {
      throw new TemplateError(`access to attribute '${name}' of '${kindOf(object)}' object is unsafe`)
    })
  }
  return null
}

/**
 * `object.name`: jinja2 looks for an attribute first and for a key second, so `message.items` is the method even where
 * a key of that name exists.
 */
export function attribute(object: Value, name: string): Value {
  refuseUndefined(object)
  const method = methodOf(object, name)
  if (method) return method
  if (object instanceof Dict || object instanceof Namespace) {
    const value = object.map.get(name)
    if (value !== undefined) return value
  }
  return new Undefined(`'${kindOf(object)} object' has no attribute '${name}'`)
}

/** `object[key]`: a key or index first, an attribute second. */
export function subscript(object: Value, key: Value): Value {
  refuseUndefined(object)
  if (isText(key)) {
    const name = plain(key)
    if (object instanceof Dict) {
      const value = object.map.get(name)
      if (value !== undefined) return value
    }
    return (
      methodOf(object, name) ??
      (object instanceof Namespace ? attribute(object, name) : new Undefined(`'${kindOf(object)} object' has no attribute '${name}'`))
    )
  }
  if (isInteger(key) && (Array.isArray(object) || isText(object))) {
    const list = isText(object) ? iterate(object) : object
    return orUndefined(list.at(Number(key)), `'${kindOf(object)} object' has no element ${key}`)
  }
  return new Undefined(`'${kindOf(object)} object' has no element`)
}

const bound = (value: Value | undefined): number | null => {
  if (value === undefined || value === null || value instanceof Undefined) return null
  if (isInteger(value)) return Number(value)
  throw new TemplateError('slice indices must be integers or None')
}

/** `object[start:stop:step]` of a list or, by code points, of a text. */
export function slice(object: Value, start?: Value, stop?: Value, step?: Value): Value {
  refuseUndefined(object)
  const stride = bound(step) ?? 1
  if (stride === 0) throw new TemplateError('slice step cannot be zero')
  if (!Array.isArray(object) && !isText(object)) throw new TemplateError(`'${kindOf(object)}' object is not subscriptable`)
  const list = iterate(object)
  const n = list.length
  const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value < 0 ? value + n : value, low), high)
  const from = bound(start)
  const to = bound(stop)
  const low = stride > 0 ? 0 : -1
  const high = stride > 0 ? n : n - 1
  const first = from === null ? (stride > 0 ? 0 : n - 1) : clamp(from, low, high)
  const last = to === null ? (stride > 0 ? n : -1) : clamp(to, low, high)
  const picked: Value[] = []
  for (let i = first; stride > 0 ? i < last : i > last; i += stride) picked.push(list[i] as Value)
  if (Array.isArray(object)) return picked

  if (stride === 1 && picked.length > 0) {
    const before = list.slice(0, first).reduce<number>((sum, item) => sum + plain(item as string).length, 0)
    const size = picked.reduce<number>((sum, item) => sum + plain(item as string).length, 0)
    return sliceText(object, before, before + size)
  }
  return picked.reduce<ReturnType<typeof concat>>((text, item) => concat(text, item as string), '')
}
