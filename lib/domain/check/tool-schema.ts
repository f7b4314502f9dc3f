// Tool calls against the JSON schema their tool declares. A schema's own expressions run on RE2: none of them can hang.
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { RE2JS } from 're2js'
import type { Tool } from '../conversation.ts'

const linear = Object.assign(
  (pattern: string) => {
    const compiled = RE2JS.compile(pattern)
    return { test: (text: string) => compiled.matcher(text).find() } as unknown as RegExp
  },
  { code: 'linear' },
)

export type SchemaProblem = { path: string; message: string }
type Compiled = { validate: ValidateFunction } | { broken: string }

const compiled = new Map<string, Compiled>()
/** Schemas kept compiled; a conversation has few tools and many calls. */
const KEPT = 200

function compile(parameters: string): Compiled {
  const known = compiled.get(parameters)
  if (known) return known
  let result: Compiled
  try {
    const schema = parameters.trim() === '' ? {} : JSON.parse(parameters)
    const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false, code: { regExp: linear } })
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
    return result.validate(JSON.parse(args)) ? [] : (result.validate.errors ?? []).map(problemOf)
  } catch {
    return []
  }
}
