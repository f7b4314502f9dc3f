import { ORPCError } from '@orpc/server'
import { inputFaultInEnglish } from '#lib/adapters/english.ts'
import { ERRORS, type ErrorCode, Refusal } from '#lib/domain/errors.ts'
import { type Issue, inputFaultOf } from '#lib/domain/input-fault.ts'
import { log } from '#lib/log.ts'
import { codeOf } from './transaction.ts'

/** The database or the way to it is down: codes of Prisma, of Node and of PostgreSQL. */
const UNREACHABLE = new Set([
  ...['P1001', 'P1002', 'P1008', 'P1017'],
  ...['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'EPIPE'],
  // Ended by an administrator, by a crash of another, starting up, dropped, idle for too long; no connection left; a lock not had in time.
  ...['57P01', '57P02', '57P03', '57P04', '57P05', '25P03', '53300', '55P03'],
])

const SAYS_UNREACHABLE = new RegExp(
  [
    'ECONNREFUSED',
    "Can't reach database",
    'DatabaseNotReachable',
    'ConnectionClosed',
    'the database system is',
    // The driver's own words, which carry no code.
    'Connection terminated',
    'timeout exceeded when trying to connect',
    'Client has encountered a connection error',
  ].join('|'),
  'i',
)

const isUnreachable = (error: unknown): boolean =>
  UNREACHABLE.has(codeOf(error)) ||
  UNREACHABLE.has(String((error as { code?: unknown })?.code ?? '')) ||
  SAYS_UNREACHABLE.test(String((error as Error)?.message))

/** A unique value that is there already: Prisma's code and PostgreSQL's. */
const TAKEN = new Set(['P2002', '23505'])

type PlacedIssue = Issue & { path?: (PropertyKey | { key: PropertyKey })[] }

/** An issue in the English of the interface, so that there is one text for each, and as code and limit for whoever reads another language. */
const issuesOf = (issues: readonly PlacedIssue[]) =>
  issues.map((issue) => {
    const fault = inputFaultOf(issue)
    return {
      path: (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
      message: fault ? inputFaultInEnglish(fault) : issue.message,
      fault,
    }
  })

/** What may leave: a refusal of the closed list. Everything else is logged with its request id and leaves as `internal`. */
export function asProblem(error: unknown, requestId: string, operation: string): ORPCError<ErrorCode, unknown> {
  const make = (code: ErrorCode, message?: string, data?: unknown) =>
    new ORPCError(code, { defined: true, status: ERRORS[code].status, message: message ?? ERRORS[code].title, data, cause: error })
  if (error instanceof Refusal) return make(error.code, error.message, error.data)
  if (error instanceof ORPCError) {
    const { issues } = (error.data ?? {}) as { issues?: PlacedIssue[] }
    if (error.code === 'BAD_REQUEST' && issues) {
      const list = issuesOf(issues)
      return make('invalid-input', list.map((issue) => `${issue.path || 'input'}: ${issue.message}`).join('; '), { issues: list })
    }
    if (error.code === 'BAD_REQUEST') return make('malformed-body', error.message)
    if (error.code in ERRORS) return error as ORPCError<ErrorCode, unknown>
  }
  if (isUnreachable(error)) {
    log.error({ err: error, requestId, operation }, 'database unreachable')
    return make('unavailable', 'The database does not answer. What you sent was not saved; try again in a moment.')
  }
  // Two who make the same thing at the same moment both find the name free; the database lets one of them.
  if (TAKEN.has(codeOf(error))) return make('already-exists', 'It was made a moment ago, perhaps by a second click. Reload to see it.')
  log.error({ err: error, requestId, operation }, 'operation failed')
  return make('internal', `Something went wrong here. Quote this id: ${requestId}`)
}
