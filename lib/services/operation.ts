import { createHash } from 'node:crypto'
import { channel } from 'node:diagnostics_channel'
import type { AnySchema, InferSchemaInput } from '@orpc/contract'
import { call, eventIterator, ORPCError, os, type Route } from '@orpc/server'
import type { z } from 'zod'
import { db } from '#lib/db.ts'
import type { Actor, Person, ProjectRole, Subject } from '#lib/domain/actor.ts'
import { ERRORS, type ErrorCode, Refusal, refuse } from '#lib/domain/errors.ts'
import { findUnsoundText } from '#lib/domain/plain-text.ts'
import { type Action, can, POLICY } from '#lib/domain/policy.ts'
import { log } from '#lib/log.ts'
import { appendAudit } from './audit.ts'
import { consumeRate } from './rate-limit.ts'
import { codeOf, type Tx, transact } from './transaction.ts'

export type { Tx }

/** What surrounds a call, whoever makes it. */
export type Context = {
  actor: Actor | null
  requestId: string
  via: 'http' | 'page' | 'worker' | 'seed' | 'test'
  /** The caller's address, for rate limits of visitors. */
  remote?: string
  idempotencyKey?: string
  /** A raw body for operations that stream one. */
  body?: ReadableStream<Uint8Array> | null
  contentLength?: number | null
  /** Set by operations that stream a file out. */
  responseHeaders?: Headers
}

export type Run<I, S> = {
  tx: Tx
  input: I
  actor: Actor
  subject: S
  roles: readonly ProjectRole[]
  context: Context
  signal: AbortSignal | undefined
  /** Adds to the audit event of this call. */
  note: (data: Record<string, unknown>) => void
}

type Definition<I extends z.ZodType, O extends AnySchema, S extends Subject> = {
  /** operationId: verb + noun. */
  name: string
  route: Route & { method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'; path: `/${string}`; summary: string }
  input: I
  output: O
  /** The row this is about, loaded with its project; null becomes not-found. */
  subject: (args: { tx: Tx; input: z.output<I>; actor: Actor | null }) => Promise<S | null> | S | null
  run: (args: Run<z.output<I>, S>) => Promise<InferSchemaInput<O>>
  /** Past participle, e.g. `conversation.submitted`. Every operation that is not a GET names one, or null where each call is too small to keep (a keystroke's autosave). */
  event?: `${string}.${string}` | null
  /** `none`: a streamed answer would outlive a transaction; such an operation opens its own. Default by method. */
  transaction?: 'none'
  rate?: { limit: number; windowSeconds: number }
}

/** Every call that came to its end is told here, for whoever counts or measures them: `{ name }`. */
const finished = channel('exemplar:operation')

const base = os.$context<Context>().$meta<{ action?: Action; event?: string }>({})

const UNREACHABLE = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'ECONNREFUSED', 'ECONNRESET', '57P01', '57P03'])

const isUnreachable = (error: unknown): boolean =>
  UNREACHABLE.has(codeOf(error)) ||
  UNREACHABLE.has(String((error as { code?: unknown })?.code ?? '')) ||
  /ECONNREFUSED|Can't reach database|DatabaseNotReachable|Connection terminated|ConnectionClosed|the database system is/i.test(
    String((error as Error)?.message),
  )

/** What may leave: a refusal of the closed list. Everything else is logged with its request id and leaves as `internal`. */
export function asProblem(error: unknown, context: Context, name: string): ORPCError<ErrorCode, unknown> {
  const make = (code: ErrorCode, message?: string, data?: unknown) =>
    new ORPCError(code, { defined: true, status: ERRORS[code].status, message: message ?? ERRORS[code].title, data, cause: error })
  if (error instanceof Refusal) return make(error.code, error.message, error.data)
  if (error instanceof ORPCError) {
    const issues = (error.data as { issues?: { path?: (PropertyKey | { key: PropertyKey })[]; message: string }[] } | undefined)?.issues
    if (error.code === 'BAD_REQUEST' && issues) {
      const list = issues.map((issue) => ({
        path: (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
        message: issue.message,
      }))
      return make('invalid-input', list.map((issue) => `${issue.path || 'input'}: ${issue.message}`).join('; '), { issues: list })
    }
    if (error.code === 'BAD_REQUEST') return make('malformed-body', error.message)
    if (error.code in ERRORS) return error as ORPCError<ErrorCode, unknown>
  }
  if (isUnreachable(error)) {
    log.error({ err: error, requestId: context.requestId, operation: name }, 'database unreachable')
    return make('unavailable', 'The database does not answer. What you sent was not saved; try again in a moment.')
  }
  log.error({ err: error, requestId: context.requestId, operation: name }, 'operation failed')
  return make('internal', `Something went wrong here. Quote this id: ${context.requestId}`)
}

async function rolesIn(tx: Tx, actor: Actor | null, projectId: string | null): Promise<ProjectRole[]> {
  if (!projectId || actor?.kind !== 'person') return []
  const [membership] = await tx.$queryRaw<{ roles: ProjectRole[] }[]>`
    SELECT roles FROM "membership" WHERE "projectId" = ${projectId}::uuid AND "userId" = ${actor.userId}::uuid`
  return membership?.roles ?? []
}

const stable = (value: unknown): string =>
  JSON.stringify(value, (_key, part) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part as object).sort(([a], [b]) => (a < b ? -1 : 1)))
      : typeof part === 'bigint'
        ? part.toString()
        : part,
  )

type Replay = { done: true; response: unknown } | { done: false }

/** Takes the idempotency key, or finds the answer given under it. A second request waits here for the first one's commit. */
async function claimKey(tx: Tx, person: Person, key: string, name: string, input: unknown): Promise<Replay> {
  const inputHash = createHash('sha256').update(stable(input)).digest('hex')
  const inserted = await tx.$executeRaw`
    INSERT INTO "idempotency_key" ("userId", key, operation, "inputHash") VALUES (${person.userId}::uuid, ${key}, ${name}, ${inputHash})
    ON CONFLICT ("userId", key) DO NOTHING`
  if (inserted === 1) return { done: false }
  const earlier = await tx.idempotencyKey.findUniqueOrThrow({ where: { userId_key: { userId: person.userId, key } } })
  if (earlier.operation !== name || earlier.inputHash !== inputHash) {
    refuse('idempotency-key-reused', 'Send a new Idempotency-Key with a new request.')
  }
  return { done: true, response: earlier.response }
}

async function execute<I extends z.ZodType, O extends AnySchema, S extends Subject>(
  action: Action,
  definition: Definition<I, O, S>,
  input: z.output<I>,
  context: Context,
  signal: AbortSignal | undefined,
): Promise<InferSchemaInput<O>> {
  const { actor } = context
  const isWrite = definition.route.method !== 'GET'
  const unsound = findUnsoundText(input)
  if (unsound) refuse('invalid-input', `${unsound.path || 'input'}: ${unsound.message}`, { issues: [unsound] })

  const inside = async (tx: Tx): Promise<InferSchemaInput<O>> => {
    const subject = await definition.subject({ tx, input, actor })
    if (!subject) return refuse('not-found')
    const roles = await rolesIn(tx, actor, subject.projectId)
    const verdict = can(actor, roles, action, subject)
    if (verdict === 'hide') return refuse('not-found')
    if (verdict === 'sign-in') return refuse('unauthenticated')
    if (verdict === 'forbid') return refuse('forbidden')
    const person = actor?.kind === 'person' ? actor : null
    const key = isWrite && person && definition.transaction !== 'none' ? context.idempotencyKey : undefined
    if (key && person) {
      const replay = await claimKey(tx, person, key, definition.name, input)
      if (replay.done) return replay.response as InferSchemaInput<O>
    }
    const data: Record<string, unknown> = {}
    // `anyone` rows run for visitors too; those operations do not look at the actor.
    const output = await definition.run({
      tx,
      input,
      actor: actor as Actor,
      subject,
      roles,
      context,
      signal,
      note: (more) => Object.assign(data, more),
    })
    if (key && person) {
      await tx.idempotencyKey.update({ where: { userId_key: { userId: person.userId, key } }, data: { response: JSON.parse(stable(output)) } })
    }
    if (definition.event) {
      await appendAudit(tx, {
        projectId: subject.projectId,
        event: definition.event,
        operation: definition.name,
        action,
        actor,
        subjectId: subject.id,
        requestId: context.requestId,
        via: context.via,
        data,
      })
    }
    return output
  }

  if (definition.rate && context.actor?.kind !== 'system') {
    const who = actor?.kind === 'person' ? actor.userId : (context.remote ?? 'unknown')
    await consumeRate(`${definition.name}:${who}`, definition.rate, context.responseHeaders)
  }
  // A read decides on the rows it reads and writes nothing: a transaction would only cost two more round trips.
  if (!isWrite || definition.transaction === 'none') return inside(db)
  return transact(inside)
}

/**
 * Everything the system can do is one of these. The runner is told who asks, parses the input, opens the transaction, loads
 * the subject with its project from the row, asks the policy table, runs, appends the audit event and checks the output.
 * HTTP, pages, worker, seed and tests all call the same thing.
 */
export function operation<I extends z.ZodType, O extends AnySchema, S extends Subject>(action: Action, definition: Definition<I, O, S>) {
  if (definition.route.method !== 'GET' && definition.event === undefined && definition.transaction !== 'none') {
    throw new Error(`${definition.name}: an operation that writes names its audit event`)
  }
  const forVisitors = (POLICY[action].allow as readonly string[]).includes('anyone')
  return base
    .meta({ action, ...(definition.event ? { event: definition.event } : {}) })
    .route({ ...definition.route, operationId: definition.name })
    .use(async ({ next, context }) => {
      try {
        // Before the input is parsed: a stranger learns nothing from how a bad body is refused.
        if (!context.actor && !forVisitors) return refuse('unauthenticated')
        return await next()
      } catch (error) {
        throw asProblem(error, context, definition.name)
      }
    })
    .input(definition.input)
    .output(definition.output)
    .handler((async ({ input, context, signal }: { input: unknown; context: Context; signal?: AbortSignal }) => {
      const output = await execute(action, definition, input as z.output<I>, context, signal)
      finished.publish({ name: definition.name })
      return output
    }) as never)
}

/** Calls an operation in this process, as worker, seed and tests do; refusals arrive as ORPCError with a code of the closed list. */
export const invoke: typeof call = call

/** The output of an operation that answers piece by piece, as server-sent events of this shape. */
export const streamOf: typeof eventIterator = eventIterator
