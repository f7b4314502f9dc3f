import type { FilterNode, Node } from './ast.ts'
import { applyFilter, hasFilter } from './filters.ts'
import { attribute, binary, negate, slice, subscript } from './operators.ts'
import type { Scope } from './scope.ts'
import { hasTest, runTest } from './tests.ts'
import { type Arguments, Callable, Dict, Float, isText, iterate, plain, TemplateError, truthy, Undefined, type Value } from './values.ts'

/** An expression of a template, compiled once and evaluated for each render. */
export type Evaluate = (scope: Scope) => Value

/** Compiles an expression. Throws TemplateError for syntax, filters or tests that are not supported. */
export function compileExpression(node: Node): Evaluate {
  switch (node.type) {
    case 'StringLiteral':
    case 'IntegerLiteral': {
      const value: Value = node.value
      return () => value
    }
    case 'FloatLiteral': {
      const value = new Float(node.value)
      return () => value
    }
    case 'Identifier': {
      const name = node.value
      return (scope) => scope.get(name)
    }
    case 'ArrayLiteral':
    case 'TupleLiteral': {
      const items = node.value.map(compileExpression)
      return (scope) => items.map((item) => item(scope))
    }
    case 'ObjectLiteral':
      return objectLiteral(node.value)
    case 'MemberExpression':
      return member(node.object, node.property, node.computed)
    case 'CallExpression':
      return call(node.callee, node.args)
    case 'BinaryExpression':
      return binaryExpression(node.operator.value, node.left, node.right)
    case 'UnaryExpression': {
      const operator = node.operator.value
      const value = compileExpression(node.argument)
      return operator === 'not' ? (scope) => !truthy(value(scope)) : (scope) => negate(operator, value(scope))
    }
    case 'FilterExpression': {
      const operand = compileExpression(node.operand)
      const filter = compileFilter(node.filter)
      return (scope) => filter(operand(scope), scope)
    }
    case 'TestExpression':
      return testExpression(node.operand, node.test.value, node.negate)
    case 'SelectExpression': {
      const value = compileExpression(node.lhs)
      const test = compileExpression(node.test)
      return (scope) =>
        truthy(test(scope)) ? value(scope) : new Undefined('the inline if-expression evaluated to false and no else section was defined.')
    }
    case 'Ternary': {
      const test = compileExpression(node.condition)
      const yes = compileExpression(node.trueExpr)
      const no = compileExpression(node.falseExpr)
      return (scope) => (truthy(test(scope)) ? yes(scope) : no(scope))
    }
    default:
      throw new TemplateError(`a ${node.type} cannot stand in an expression`)
  }
}

function objectLiteral(entries: Map<Node, Node>): Evaluate {
  const pairs = [...entries].map(([key, value]) => [compileExpression(key), compileExpression(value)] as const)
  return (scope) => {
    const map = new Map<string, Value>()
    for (const [key, value] of pairs) {
      const name = key(scope)
      if (!isText(name)) throw new TemplateError('keys of a mapping must be text')
      map.set(plain(name), value(scope))
    }
    return new Dict(map)
  }
}

function member(objectNode: Node, property: Node, computed: boolean): Evaluate {
  const object = compileExpression(objectNode)
  if (!computed) {
    if (property.type === 'Identifier') {
      const name = property.value
      return (scope) => attribute(object(scope), name)
    }
    const index = compileExpression(property)
    return (scope) => subscript(object(scope), index(scope))
  }
  if (property.type === 'SliceExpression') {
    const [start, stop, step] = [property.start, property.stop, property.step].map((part) => (part ? compileExpression(part) : undefined))
    return (scope) => slice(object(scope), start?.(scope), stop?.(scope), step?.(scope))
  }
  const key = compileExpression(property)
  return (scope) => subscript(object(scope), key(scope))
}

/** Compiles the arguments of a call; keyword values are evaluated after positional ones, as in Python. */
export function compileArguments(nodes: Node[]): (scope: Scope) => Arguments {
  const positional: { spread: boolean; value: Evaluate }[] = []
  const keyword: { name: string | null; value: Evaluate }[] = []
  for (const node of nodes) {
    if (node.type === 'KeywordArgumentExpression') keyword.push({ name: node.key.value, value: compileExpression(node.value) })
    else if (node.type === 'KeywordSpreadExpression') keyword.push({ name: null, value: compileExpression(node.argument) })
    else if (node.type === 'SpreadExpression') positional.push({ spread: true, value: compileExpression(node.argument) })
    else positional.push({ spread: false, value: compileExpression(node) })
  }
  return (scope) => {
    const args: Arguments = { positional: [], keyword: new Map() }
    for (const { spread, value } of positional) {
      if (spread) args.positional.push(...iterate(value(scope)))
      else args.positional.push(value(scope))
    }
    for (const { name, value } of keyword) {
      const result = value(scope)
      if (name !== null) args.keyword.set(name, result)
      else if (result instanceof Dict) for (const [key, item] of result.map) args.keyword.set(key, item)
      else throw new TemplateError('argument after ** must be a mapping')
    }
    return args
  }
}

function call(calleeNode: Node, argumentNodes: Node[]): Evaluate {
  const callee = compileExpression(calleeNode)
  const args = compileArguments(argumentNodes)
  return (scope) => {
    const target = callee(scope)
    if (target instanceof Undefined) throw new TemplateError(target.why)
    if (!(target instanceof Callable)) throw new TemplateError('a value that is no function is called')
    return target.call(args(scope))
  }
}

function binaryExpression(operator: string, leftNode: Node, rightNode: Node): Evaluate {
  const left = compileExpression(leftNode)
  const right = compileExpression(rightNode)
  if (operator === 'and') {
    return (scope) => {
      const value = left(scope)
      return truthy(value) ? right(scope) : value
    }
  }
  if (operator === 'or') {
    return (scope) => {
      const value = left(scope)
      return truthy(value) ? value : right(scope)
    }
  }
  return (scope) => binary(operator, left(scope), right(scope))
}

function testExpression(operandNode: Node, name: string, negated: boolean): Evaluate {
  if (!hasTest(name)) throw new TemplateError(`No test named '${name}'.`)
  const operand = compileExpression(operandNode)
  return (scope) => runTest(name, operand(scope), []) !== negated
}

/** Compiles `| name(arguments)`. */
export function compileFilter(node: FilterNode): (value: Value, scope: Scope) => Value {
  const callee = node.type === 'CallExpression' ? node.callee : node
  if (callee.type !== 'Identifier') throw new TemplateError('a filter must be a name')
  const name = callee.value
  if (!hasFilter(name)) throw new TemplateError(`No filter named '${name}'.`)
  const args = compileArguments(node.type === 'CallExpression' ? node.args : [])
  return (value, scope) => applyFilter(name, value, args(scope))
}
