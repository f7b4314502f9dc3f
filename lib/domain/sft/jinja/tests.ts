import { includesItem, includesText } from './strings.ts'
import { Callable, compare, Dict, equal, Float, isInteger, isNumber, isText, plain, TemplateError, Undefined, type Value } from './values.ts'

type Test = (value: Value, args: Value[]) => boolean

const parity =
  (odd: boolean): Test =>
  (value) => {
    if (!isInteger(value)) throw new TemplateError('odd and even want an integer')
    return (BigInt(value) % 2n !== 0n) === odd
  }
const other = (args: Value[]): Value => (args[0] === undefined ? null : args[0])
const equalTo: Test = (value, args) => equal(value, other(args))
const cased =
  (upper: boolean): Test =>
  (value) =>
    isText(value) && /\p{L}/u.test(plain(value)) && plain(value) === (upper ? plain(value).toUpperCase() : plain(value).toLowerCase())

const TESTS: Record<string, Test> = {
  defined: (value) => !(value instanceof Undefined),
  undefined: (value) => value instanceof Undefined,
  none: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  true: (value) => value === true,
  false: (value) => value === false,
  integer: (value) => isInteger(value),
  float: (value) => value instanceof Float,
  // Python counts bool as a number.
  number: (value) => isNumber(value) || typeof value === 'boolean',
  string: (value) => isText(value),
  mapping: (value) => value instanceof Dict,
  sequence: (value) => Array.isArray(value) || isText(value) || value instanceof Dict || value instanceof Undefined,
  iterable: (value) => Array.isArray(value) || isText(value) || value instanceof Dict || value instanceof Undefined,
  callable: (value) => value instanceof Callable,
  odd: parity(true),
  even: parity(false),
  equalto: equalTo,
  eq: equalTo,
  '==': equalTo,
  ne: (value, args) => !equal(value, other(args)),
  '!=': (value, args) => !equal(value, other(args)),
  gt: (value, args) => compare(value, other(args)) > 0,
  greaterthan: (value, args) => compare(value, other(args)) > 0,
  ge: (value, args) => compare(value, other(args)) >= 0,
  lt: (value, args) => compare(value, other(args)) < 0,
  lessthan: (value, args) => compare(value, other(args)) < 0,
  le: (value, args) => compare(value, other(args)) <= 0,
  in: (value, args) => contains(other(args), value),
  divisibleby: (value, args) => isInteger(value) && Number(value) % Number(other(args)) === 0,
  lower: cased(false),
  upper: cased(true),
  sameas: (value, args) => value === other(args),
}

/** Python's `needle in container`. */
export function contains(container: Value, needle: Value): boolean {
  if (isText(container)) return includesText(container, needle)
  if (Array.isArray(container)) return includesItem(container, needle)
  if (container instanceof Dict) return isText(needle) && container.map.has(plain(needle))
  if (container instanceof Undefined) return false
  throw new TemplateError('argument is not iterable')
}

export const hasTest = (name: string): boolean => Object.hasOwn(TESTS, name)

/** Runs a jinja2 test (`is defined`, `selectattr('role', 'eq', …)`). Throws TemplateError for an unknown one. */
export function runTest(name: string, value: Value, args: Value[]): boolean {
  const test = Object.hasOwn(TESTS, name) ? TESTS[name] : undefined
  if (!test) throw new TemplateError(`No test named '${name}'.`)
  return test(value, args)
}
