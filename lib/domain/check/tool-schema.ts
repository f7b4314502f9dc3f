// Tool calls against the JSON schema their tool declares. A schema's own expressions run on RE2: none of them can hang.
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { RE2JS } from 're2js'
import type { Tool } from '../conversation.ts'

/** JSON Schema's expressions are those of ECMAScript; one that RE2 does not know (look-around, back-references) is taken to hold. */
function testerOf(pattern: string): (text: string) => boolean {
  try {
    const compiled = RE2JS.compile(pattern.replace(/\\u([0-9a-f]{4})/gi, '\\x{$1}'))
    return (text) => compiled.matcher(text).find()
  } catch {
    return () => true
  }
}

const linear = Object.assign((pattern: string) => ({ test: testerOf(pattern) }) as unknown as RegExp, { code: 'linear' })

export type SchemaProblem = { path: string; message: string }
type Compiled = { validate: ValidateFunction } | { broken: string }

/** Of one call; whoever corrects these sees the rest. */
const MOST_PROBLEMS = 20

const compiled = new Map<string, Compiled>()
/** Schemas kept compiled; a conversation has few tools and many calls. */
const KEPT = 200

function compile(parameters: string): Compiled {
  const known = compiled.get(parameters)
  if (known) return known
  let result: Compiled
  try {
    const { $schema, ...schema } = parameters.trim() === '' ? {} : JSON.parse(parameters)
    if ('$async' in schema) throw new Error('$async is not JSON Schema')
    const options = { allErrors: true, strict: false, validateFormats: false, code: { regExp: linear } } as const
    const ajv = /20(?:19-09|20-12)/.test(String($schema)) ? new Ajv2020(options) : new Ajv(options)
    result = { validate: ajv.compile(schema) }
  } catch (error) {
    result = { broken: (error as Error).message }
  }
  if (compiled.size >= KEPT) compiled.clear()
  compiled.set(parameters, result)
  return result
}

/** Why a tool's declared parameters are no JSON schema, or null. */
export function schemaFault(tool: Tool): string | null {
  const result = compile(tool.parameters)
  return 'broken' in result ? result.broken : null
}

const problemOf = ({ instancePath, message, params, keyword }: ErrorObject): SchemaProblem => {
  const extra =
    keyword === 'additionalProperties' ? `: ${params.additionalProperty}` : keyword === 'enum' ? `: ${params.allowedValues?.join(', ')}` : ''
  return { path: instancePath || '/', message: `${message ?? keyword}${extra}` }
}

/** What in a call's arguments breaks the schema; empty when nothing does, or when arguments or schema cannot be read, which other checks say. */
export function schemaProblems(tool: Tool, args: string): SchemaProblem[] {
  const result = compile(tool.parameters)
  if ('broken' in result) return []
  try {
    return result.validate(JSON.parse(args)) ? [] : (result.validate.errors ?? []).slice(0, MOST_PROBLEMS).map(problemOf)
  } catch {
    return []
  }
}
