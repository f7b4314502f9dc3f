import { randomUUID } from 'node:crypto'
import { db } from '#lib/db.ts'
import type { Person, ProjectRole } from '#lib/domain/actor.ts'
import { contentHash } from '#lib/domain/content-hash.ts'
import type { Message } from '#lib/domain/conversation.ts'
import type { ErrorCode } from '#lib/domain/errors.ts'
import { type Context, invoke } from '#lib/services/operation.ts'
import { submitConversation } from '#lib/services/submission.ts'
import { claimWork } from '#lib/services/work.ts'

/** A call as a person: `as(alice)` is the context operations run in. */
export const as = (person: Person | null, more: Partial<Context> = {}) => ({
  context: { actor: person, requestId: randomUUID(), via: 'test', ...more } satisfies Context,
})

let counter = 0
const next = (word: string) => `${word}-${++counter}-${randomUUID().slice(0, 8)}`

export async function buildPerson({ isAdmin = false } = {}): Promise<Person> {
  const user = await db.user.create({ data: { email: `${next('person')}@example.test`, name: next('Person'), isAdmin } })
  return { kind: 'person', userId: user.id, isAdmin }
}

export async function buildProject(settings: { leaseMinutes?: number; requiredApprovals?: number } = {}) {
  const slug = next('project')
  return db.project.create({ data: { slug, name: slug, ...settings } })
}

export async function join(projectId: string, ...roles: ProjectRole[]): Promise<Person> {
  const person = await buildPerson()
  await db.membership.create({ data: { projectId, userId: person.userId, roles } })
  return person
}

export const user = (content: string): Message => ({ id: next('m'), role: 'user', content, train: false })
export const assistant = (content: string): Message => ({ id: next('m'), role: 'assistant', content, train: true })

export async function buildPrompt(projectId: string, { answersWanted = 1, text = next('How do I do this?'), priority = 0 } = {}) {
  const messages = [user(text)]
  return db.prompt.create({
    data: {
      projectId,
      contentHash: await contentHash({ messages, nonce: randomUUID() }),
      messages,
      tools: [],
      firstUserText: text,
      answersWanted,
      openSlots: answersWanted,
      priority,
    },
  })
}

/** A guideline with one rule, `truthful/unknown`. */
export async function buildGuideline(projectId: string, slug = 'truthful/unknown') {
  const text = { en: 'Say that you do not know.' }
  return db.guidelineVersion.create({
    data: {
      projectId,
      version: '1.0.0',
      major: 1,
      minor: 0,
      patch: 0,
      title: text,
      body: text,
      rules: {
        create: [
          {
            slug,
            position: 0,
            principle: 'truthful',
            level: 'must',
            title: text,
            statement: text,
            rationale: text,
            appliesTo: {},
            good: {},
            bad: {},
          },
        ],
      },
    },
    include: { rules: true },
  })
}

/** A conversation its author claimed and submitted through the operations. */
export async function buildSubmission(projectId: string, author: Person, answer = next('An answer')) {
  const lease = await invoke(claimWork, { projectId }, as(author))
  const conversationId = lease.conversationId ?? ''
  const draft = await db.draft.findUniqueOrThrow({ where: { conversationId } })
  const { messages } = draft.content as unknown as { messages: Message[] }
  const submitted = await invoke(
    submitConversation,
    { conversationId, baseVersion: draft.version, content: { messages: [...messages, assistant(answer)], tools: [] } },
    as(author),
  )
  return { ...submitted, lease }
}

/**
 * Starts `calls` while a row of theirs is locked and lets them go together once all of them wait for it: a race that happens
 * every time.
 */
export async function atOnce<T>(table: 'conversation' | 'draft', id: string, calls: (() => Promise<T>)[]): Promise<PromiseSettledResult<T>[]> {
  const column = table === 'draft' ? 'conversationId' : 'id'
  let running: Promise<PromiseSettledResult<T>[]> = Promise.resolve([])
  await db.$transaction(
    async (tx) => {
      await tx.$queryRawUnsafe(`SELECT 1 FROM "${table}" WHERE "${column}" = $1::uuid FOR UPDATE`, id)
      running = Promise.allSettled(calls.map((call) => call()))
      // Outside the transaction, which would see one moment for ever.
      const waiting = async () => {
        const [row] = await db.$queryRaw<[{ n: number }]>`
          SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
        return row.n
      }
      while ((await waiting()) < calls.length);
    },
    { timeout: 20_000 },
  )
  return running
}

/** The code a call was refused with; fails when it was not refused. */
export async function refusal(promise: Promise<unknown>): Promise<{ code: ErrorCode; message: string; data: Record<string, unknown> }> {
  const outcome = await promise.then(
    () => null,
    (error: unknown) => error,
  )
  if (!outcome) throw new Error('the call was not refused')
  const { code, message, data } = outcome as { code: ErrorCode; message: string; data: Record<string, unknown> }
  return { code, message, data: data ?? {} }
}
