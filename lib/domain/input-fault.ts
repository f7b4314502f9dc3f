/** What can be wrong with a value that somebody typed; the texts of each are below `inputFaults`. */
export const INPUT_FAULTS = [
  'number',
  'whole-number',
  'above',
  'below',
  'at-least',
  'at-most',
  'empty',
  'empty-file',
  'too-short',
  'too-long',
  'too-few',
  'too-many',
  'email',
  'address',
  'choice',
  'nul',
  'half-character',
  'private-use',
] as const
type FaultCode = (typeof INPUT_FAULTS)[number]
export type InputFault = { code: FaultCode; limit: number }

/** An issue of zod as far as its words need it. Without zod, which every page would load for this. */
export type Issue = {
  message: string
  code?: string | undefined
  origin?: string
  expected?: string
  format?: string
  minimum?: number | bigint
  maximum?: number | bigint
  inclusive?: boolean | undefined
  params?: Record<string, unknown> | undefined
}

const LISTS = new Set(['array', 'set', 'map', 'record'])

function boundFault({ code, origin = '', inclusive, minimum, maximum }: Issue): InputFault {
  const isBig = code === 'too_big'
  const limit = Number(isBig ? maximum : minimum)
  const among = (big: FaultCode, small: FaultCode): InputFault => ({ code: isBig ? big : small, limit })
  if (origin === 'string') return limit === 1 && !isBig ? { code: 'empty', limit } : among('too-long', 'too-short')
  if (LISTS.has(origin)) return among('too-many', 'too-few')
  return inclusive ? among('at-most', 'at-least') : among('below', 'above')
}

function codeOf({ code, expected, format, params }: Issue): FaultCode | undefined {
  if (code === 'invalid_type') return { number: 'number' as const, int: 'whole-number' as const }[expected ?? '']
  if (code === 'invalid_format') return { email: 'email' as const, url: 'address' as const }[format ?? '']
  if (code === 'invalid_value') return 'choice'
  return INPUT_FAULTS.find((each) => each === params?.reason)
}

/** What is wrong, apart from words; null where only the schema's own sentence says it. */
export function inputFaultOf(issue: Issue): InputFault | null {
  if (issue.code === 'too_big' || issue.code === 'too_small') return boundFault(issue)
  const code = codeOf(issue)
  return code ? { code, limit: 0 } : null
}
