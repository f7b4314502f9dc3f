import type { Node } from './ast.ts'
import { compileArguments, compileExpression, compileFilter, type Evaluate } from './expressions.ts'
import { toText } from './print.ts'
import { type Run, Scope } from './scope.ts'
import {
  type Arguments,
  argument,
  Callable,
  Dict,
  equal,
  isInteger,
  isText,
  iterate,
  Namespace,
  orUndefined,
  plain,
  TemplateError,
  truthy,
  type Value,
} from './values.ts'

type Signal = 'next' | 'break' | 'continue'
/** A statement, compiled once: writes to the run's output. */
export type Execute = (scope: Scope) => Signal

/** Compiles a list of statements. Throws TemplateError for what is not supported. */
export function compileBlock(nodes: Node[]): Execute {
  const statements = nodes.filter((node) => node.type !== 'Comment').map(compileStatement)
  return (scope) => {
    for (const statement of statements) {
      const signal = statement(scope)
      if (signal !== 'next') return signal
    }
    return 'next'
  }
}

function compileStatement(node: Node): Execute {
  switch (node.type) {
    case 'Break':
      return () => 'break'
    case 'Continue':
      return () => 'continue'
    case 'If': {
      const test = compileExpression(node.test)
      const yes = compileBlock(node.body)
      const no = compileBlock(node.alternate)
      return (scope) => (truthy(test(scope)) ? yes(scope) : no(scope))
    }
    case 'For':
      return compileFor(node)
    case 'Set':
      return compileSet(node.assignee, node.value, node.body)
    case 'Macro': {
      const name = node.name.value
      const define = compileMacro(name, node.args, node.body)
      return (scope) => {
        scope.names.set(name, define(scope))
        return 'next'
      }
    }
    case 'FilterStatement': {
      const filter = compileFilter(node.filter)
      const body = compileBlock(node.body)
      return (scope) =>
        write(
          scope,
          filter(
            scope.run.capture(() => body(new Scope(scope.run, scope))),
            scope,
          ),
        )
    }
    case 'CallStatement': {
      const callee = compileExpression(node.call.callee)
      const args = compileArguments(node.call.args)
      const caller = compileMacro('caller', node.callerArgs ?? [], node.body)
      return (scope) => {
        const target = callee(scope)
        if (!(target instanceof Callable)) throw new TemplateError('{% call %} wants a macro')
        const given = args(scope)
        given.keyword.set('caller', caller(scope))
        return write(scope, target.call(given))
      }
    }
    default: {
      const value = compileExpression(node)
      return (scope) => write(scope, value(scope))
    }
  }
}

function write(scope: Scope, value: Value): Signal {
  scope.run.out.addText(toText(value), scope.run.turn)
  return 'next'
}

function assign(scope: Scope, target: Node, value: Value): void {
  if (target.type === 'Identifier') scope.names.set(target.value, value)
  else if (target.type === 'TupleLiteral') {
    const items = iterate(value)
    if (items.length !== target.value.length) throw new TemplateError(`cannot unpack ${items.length} values into ${target.value.length} names`)
    for (const [i, part] of target.value.entries()) assign(scope, part, items[i] as Value)
  } else throw new TemplateError(`cannot assign to a ${target.type}`)
}

function compileSet(assignee: Node, valueNode: Node | null, body: Node[]): Execute {
  const value: Evaluate = valueNode
    ? compileExpression(valueNode)
    : (
        (block) => (scope: Scope) =>
          scope.run.capture(() => block(new Scope(scope.run, scope)))
      )(compileBlock(body))
  if (assignee.type === 'MemberExpression') {
    const object = compileExpression(assignee.object)
    const name = assignee.property.type === 'Identifier' && !assignee.computed ? assignee.property.value : null
    if (name === null) throw new TemplateError('only an attribute of a namespace can be set')
    return (scope) => {
      const target = object(scope)
      if (!(target instanceof Namespace)) throw new TemplateError('cannot assign attribute on non-namespace object')
      target.map.set(name, value(scope))
      return 'next'
    }
  }
  return (scope) => {
    const result = value(scope)
    if (result instanceof Dict && result.message >= 0) adoptTurn(scope.run, result.message)
    assign(scope, assignee, result)
    return 'next'
  }
}

/** A loop over indices names its message by `{% set message = messages[i] %}`: the iteration's output is that turn's. */
function adoptTurn(run: Run, message: number): void {
  const iteration = run.iteration
  if (!iteration || iteration.known) return
  iteration.known = true
  run.turn = message
  run.out.assign(iteration.from, message)
}

function loopVariable(items: Value[], i: number, memory: { last: Value[] | null }): Dict {
  return new Dict(
    new Map<string, Value>([
      ['index', i + 1],
      ['index0', i],
      ['revindex', items.length - i],
      ['revindex0', items.length - i - 1],
      ['first', i === 0],
      ['last', i === items.length - 1],
      ['length', items.length],
      ['depth', 1],
      ['depth0', 0],
      ['previtem', orUndefined(items[i - 1], 'there is no previous item')],
      ['nextitem', orUndefined(items[i + 1], 'there is no next item')],
      ['cycle', new Callable('cycle', ({ positional }) => orUndefined(positional[i % positional.length], 'no items for cycling given'))],
      [
        'changed',
        new Callable('changed', ({ positional }) => {
          const same = memory.last !== null && equal(memory.last, positional)
          memory.last = positional
          return !same
        }),
      ],
    ]),
  )
}

function compileFor(node: Extract<Node, { type: 'For' }>): Execute {
  const filtered = node.iterable.type === 'SelectExpression' ? node.iterable : null
  const iterable = compileExpression(filtered ? filtered.lhs : node.iterable)
  const test = filtered ? compileExpression(filtered.test) : null
  const body = compileBlock(node.body)
  const otherwise = compileBlock(node.defaultBlock)
  const needsLoop = mentions(node.body, 'loop')
  return (scope) => {
    const run = scope.run
    let items = iterate(iterable(scope))
    if (test) {
      items = items.filter((item) => {
        const inner = new Scope(run, scope)
        assign(inner, node.loopvar, item)
        return truthy(test(inner))
      })
    }
    if (items.length === 0) return otherwise(scope)
    const memory = { last: null }
    const turn = run.turn
    const iteration = run.iteration
    for (let i = 0; i < items.length; i++) {
      run.step()
      const item = items[i] as Value
      const inner = new Scope(run, scope)
      if (needsLoop) inner.names.set('loop', loopVariable(items, i, memory))
      assign(inner, node.loopvar, item)
      const known = item instanceof Dict && item.message >= 0
      run.turn = known ? item.message : turn
      run.iteration = { from: run.out.close(), known: known || turn >= 0 }
      const signal = body(inner)
      run.turn = turn
      run.iteration = iteration
      run.out.close()
      if (signal === 'break') break
    }
    return 'next'
  }
}

/** Whether a name occurs anywhere below; building `loop` for every iteration costs more than most bodies. */
function mentions(tree: unknown, name: string): boolean {
  if (Array.isArray(tree)) return tree.some((part) => mentions(part, name))
  if (tree instanceof Map) return [...tree].some((pair) => mentions(pair, name))
  if (typeof tree !== 'object' || tree === null) return false
  if ('type' in tree && tree.type === 'Identifier' && 'value' in tree && tree.value === name) return true
  return Object.values(tree).some((part) => mentions(part, name))
}

function compileMacro(name: string, parameters: Node[], bodyNodes: Node[]): (scope: Scope) => Callable {
  const body = compileBlock(bodyNodes)
  const names = parameters.map((node) => {
    if (node.type === 'Identifier') return { name: node.value, otherwise: null }
    if (node.type === 'KeywordArgumentExpression') return { name: node.key.value, otherwise: compileExpression(node.value) }
    throw new TemplateError('a parameter must be a name')
  })
  return (scope) =>
    new Callable(name, ({ positional, keyword }: Arguments) => {
      const inner = new Scope(scope.run, scope)
      names.forEach((parameter, i) => {
        const given = argument({ positional, keyword }, i, parameter.name)
        const value = given === undefined ? parameter.otherwise?.(inner) : given
        inner.names.set(parameter.name, orUndefined(value, `parameter '${parameter.name}' was not provided`))
      })
      const caller = keyword.get('caller')
      if (caller !== undefined) inner.names.set('caller', caller)
      inner.names.set('varargs', positional.slice(names.length))
      return scope.run.capture(() => body(inner))
    })
}

const MAX_RANGE = 100_000

/** `range(stop)`, `range(start, stop, step)`, limited as in jinja2's sandbox. */
export const rangeFunction = new Callable('range', ({ positional }) => {
  const numbers = positional.map((value) => {
    if (!isInteger(value)) throw new TemplateError('range() wants integers')
    return Number(value)
  })
  const [start, stop, step] = numbers.length === 1 ? [0, numbers[0] ?? 0, 1] : [numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 1]
  if (step === 0) throw new TemplateError('range() arg 3 must not be zero')
  if (Math.abs((stop - start) / step) > MAX_RANGE) throw new TemplateError(`Range too big. The sandbox blocks ranges larger than ${MAX_RANGE}.`)
  const items: Value[] = []
  for (let i = start; step > 0 ? i < stop : i > stop; i += step) items.push(i)
  return items
})

/** `namespace(a=1)`: the only value a template may change. */
export const namespaceFunction = new Callable('namespace', ({ positional, keyword }) => {
  const source = positional[0]
  const map = new Map<string, Value>(source instanceof Dict || source instanceof Namespace ? source.map : [])
  for (const [key, value] of keyword) map.set(key, value)
  return new Namespace(map)
})

/** `dict(a=1)`. */
export const dictFunction = new Callable('dict', ({ positional, keyword }) => {
  const source = positional[0]
  const map = new Map<string, Value>(source instanceof Dict ? source.map : [])
  for (const pair of Array.isArray(source) ? source : []) {
    const [key, value] = iterate(pair)
    if (key === undefined || value === undefined || !isText(key)) throw new TemplateError('dict() wants pairs of a text and a value')
    map.set(plain(key), value)
  }
  for (const [key, value] of keyword) map.set(key, value)
  return new Dict(map)
})
