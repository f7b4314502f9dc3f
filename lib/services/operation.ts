import { channel } from 'node:diagnostics_channel'
import type { AnySchema, InferSchemaInput } from '@orpc/contract'
import { call, eventIterator, os, type Route } from '@orpc/server'
import type { z } from 'zod'
import { requireOwnPassword } from '#lib/auth/own-password.ts'
import type { Actor, ProjectRole, Subject } from '#lib/domain/actor.ts'
import { refuse } from '#lib/domain/errors.ts'
import { findUnsoundText } from '#lib/domain/plain-text.ts'
import { type Action, can, isForVisitors } from '#lib/domain/policy.ts'
import { withRequestId } from '#lib/request-id.ts'
import { appendAudit } from './audit.ts'
import { type Claim, claimKey, claimOf, keepAnswer } from './idempotency.ts'
import { asProblem } from './problem.ts'
import { consumeRate } from './rate-limit.ts'
import { autocommit, type Tx, transact } from './transaction.ts'

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
  /** Would the policy let the actor do this too, on the same row? */
  may: (action: Action) => boolean
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
  /** `none`: it takes longer than a transaction may, or opens its own. Such an operation takes no Idempotency-Key. Default by method. */
  transaction?: 'none'
  /** The answer may hold a secret that is shown once: it is never stored, not even for a repeated Idempotency-Key. */
  secret?: true
  /** `stream`: the body is a file, read as it comes from `context.body`. Default: JSON, read whole. */
  body?: 'stream'
  rate?: { limit: number; windowSeconds: number }
}

/** Every call that came to its end is told here, for whoever counts or measures them: `{ name, via }`. */
const finished = channel('exemplar:operation')

/** What of an operation is known without calling it. */
export type Meta = { action?: Action; event?: string; secret?: true; body?: 'stream'; takesKey?: true }

const base = os.$context<Context>().$meta<Meta>({})

async function rolesIn(tx: Tx, actor: Actor | null, projectId: string | null): Promise<ProjectRole[]> {
  if (!projectId || actor?.kind !== 'person') return []
  const [membership] = await tx.$queryRaw<{ roles: ProjectRole[] }[]>`
    SELECT roles FROM "membership" WHERE "projectId" = ${projectId}::uuid AND "userId" = ${actor.userId}::uuid`
  return membership?.roles ?? []
}

/** The request under its idempotency key, when it came with one. */
function findClaim(definition: { name: string; transaction?: 'none' }, { idempotencyKey, actor }: Context, input: unknown): Claim | null {
  if (!idempotencyKey || actor?.kind !== 'person') return null
  if (definition.transaction === 'none')
    refuse('invalid-input', 'This operation takes no Idempotency-Key: repeating it does no harm. Leave the header out.')
  return claimOf(actor, idempotencyKey, definition.name, input)
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

  const claim = isWrite ? findClaim(definition, context, input) : null
  const inside = async (tx: Tx): Promise<InferSchemaInput<O>> => {
    // Before anything is looked at: what the first request did may have removed the row, or its sender's right to it.
    const earlier = claim && (await claimKey(tx, claim))
    if (earlier) return earlier.answer as InferSchemaInput<O>
    const subject = await definition.subject({ tx, input, actor })
    if (!subject) return refuse('not-found')
    const roles = subject.actorRoles ?? (await rolesIn(tx, actor, subject.projectId))
    const verdict = can(actor, roles, action, subject)
    if (verdict === 'hide') return refuse('not-found')
    if (verdict === 'sign-in') return refuse('unauthenticated')
    if (verdict === 'forbid') return refuse('forbidden')
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
      may: (other) => can(actor, roles, other, subject) === 'allow',
      note: (more) => Object.assign(data, more),
    })
    if (claim && !definition.secret) await keepAnswer(tx, claim, output)
    if (definition.event) {
      const appended = appendAudit(tx, {
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
      // In a transaction nobody waits for it: it travels with the COMMIT, which fails when it does.
      if (tx === autocommit) await appended
      else appended.catch(() => {})
    }
    return output
  }

  if (definition.rate && context.actor?.kind !== 'system') {
    const who = actor?.kind === 'person' ? actor.userId : (context.remote ?? 'unknown')
    await consumeRate(`${definition.name}:${who}`, definition.rate, context.responseHeaders)
  }
  // A read decides on the rows it reads and writes nothing: a transaction would only cost two more round trips.
  if (!isWrite || definition.transaction === 'none') return inside(autocommit)
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
  const { event, secret, body } = definition
  const takesKey = definition.route.method !== 'GET' && definition.transaction !== 'none' && !isForVisitors(action)
  return base
    .meta({ action, ...(event && { event }), ...(secret && { secret }), ...(body && { body }), ...(takesKey && { takesKey }) })
    .route({ ...definition.route, operationId: definition.name })
    .use(async ({ next, context }) => {
      try {
        // Before the input is parsed: a stranger learns nothing from how a bad body is refused.
        if (!context.actor && !isForVisitors(action)) return refuse('unauthenticated')
        requireOwnPassword(context.actor, definition.name)
        return await withRequestId(context.requestId, next)
      } catch (error) {
        throw asProblem(error, context.requestId, definition.name)
      }
    })
    .input(definition.input)
    .output(definition.output)
    .handler((async ({ input, context, signal }: { input: unknown; context: Context; signal?: AbortSignal }) => {
      const output = await execute(action, definition, input as z.output<I>, context, signal)
      finished.publish({ name: definition.name, via: context.via })
      return output
    }) as never)
}

/** Calls an operation in this process, as worker, seed and tests do; refusals arrive as ORPCError with a code of the closed list. */
export const invoke: typeof call = call

/** The output of an operation that answers piece by piece, as server-sent events of this shape. */
export const streamOf: typeof eventIterator = eventIterator
