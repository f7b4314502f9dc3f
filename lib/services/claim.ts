import type { Judging, WorkKind } from '#lib/domain/assignment.ts'
import { refuse } from '#lib/domain/errors.ts'
import { rolesFor } from '#lib/domain/policy.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import { openDraft } from './draft.ts'
import { expireDue, takeSlot } from './lease.ts'
import type { Tx } from './operation.ts'
import { OWN_WORK_ORDER, ownWork } from './own-work.ts'

/** What every claim answers: the lease, straight from the statement that made it. */
export type ClaimedRow = {
  id: string
  kind: string
  state: string
  promptId: string | null
  conversationId: string | null
  revisionId: string | null
  fencingToken: bigint
  leasedAt: Date
  expiresAt: Date
}

export type Who = { projectId: string; userId: string; leaseMinutes: number; except: readonly string[] }
/** Who asks for a prompt: what they are good at, and how many answers of one person the project wants (null: any number). */
export type Writer = Who & { skills: readonly string[]; maxAnswers: number | null }

const LEASE_COLUMNS = Prisma.sql`id, kind, state, "promptId", "conversationId", "revisionId", "fencingToken", "leasedAt", "expiresAt"`

const exceptions = (ids: readonly string[]) => Prisma.sql`${ids as string[]}::uuid[]`

/** In a statement as a word of its own, so that the indexes on live leases serve it. */
const KIND = { review: Prisma.sql`'review'`, adjudicate: Prisma.sql`'adjudicate'` } satisfies Record<Judging, Prisma.Sql>

/** A live lease for judging the person holds already: asking twice gives the same work. */
export async function findLiveJudging(tx: Tx, kind: Judging, { projectId, userId, except }: Who): Promise<ClaimedRow | null> {
  const rows = await tx.$queryRaw<ClaimedRow[]>`
    SELECT ${LEASE_COLUMNS} FROM "assignment"
    WHERE "projectId" = ${projectId}::uuid AND "assigneeId" = ${userId}::uuid AND state = 'leased' AND kind = ${KIND[kind]}
      AND "expiresAt" > now() AND "conversationId" IS NOT NULL AND "conversationId" <> ALL (${exceptions(except)})
    ORDER BY "fencingToken" LIMIT 1`
  return rows[0] ?? null
}

/** A lease on a conversation that exists. */
export async function leaseConversation(
  tx: Tx,
  kind: WorkKind,
  conversationId: string,
  { projectId, userId, leaseMinutes }: Who,
): Promise<ClaimedRow | null> {
  const rows = await tx.$queryRaw<ClaimedRow[]>`
    INSERT INTO "assignment" (id, "projectId", kind, "promptId", "conversationId", "revisionId", "assigneeId", "expiresAt")
    SELECT gen_random_uuid(), ${projectId}::uuid, ${kind}, c."promptId", c.id, c."currentRevisionId", ${userId}::uuid, now() + make_interval(mins => ${leaseMinutes}::int)
    FROM "conversation" c WHERE c.id = ${conversationId}::uuid
    ON CONFLICT DO NOTHING RETURNING ${LEASE_COLUMNS}`
  return rows[0] ?? null
}

/** Locks somebody's own work. False when it was finished or deleted in the meantime. */
export async function lockOwn(tx: Tx, conversationId: string): Promise<boolean> {
  const locked = await tx.$queryRaw<object[]>`
    SELECT 1 FROM "conversation" WHERE id = ${conversationId}::uuid AND state IN ('changes-requested', 'draft') FOR UPDATE`
  return locked.length > 0
}

/**
 * A lease for the author on their own draft or returned conversation, which the caller has locked: the one they hold, or a new
 * one. It takes a slot where one is free; where none is, they may finish all the same, and the text becomes an extra candidate.
 */
export async function leaseOwn(tx: Tx, conversationId: string, who: Who): Promise<ClaimedRow> {
  await expireDue(tx, { conversationId })
  const conversation = await tx.conversation.findUniqueOrThrow({ where: { id: conversationId } })
  if (conversation.state === 'changes-requested') await openDraft(tx, conversationId)
  const held = await tx.assignment.findFirst({ where: { conversationId, kind: 'write', state: 'leased' } })
  if (held) return held
  const holdsSlot = conversation.holdsSlot || (await takeSlot(tx, conversation.promptId))
  await tx.conversation.update({ where: { id: conversationId }, data: { holdsSlot, lapsedAt: null } })
  return (await leaseConversation(tx, 'write', conversationId, who)) ?? refuse('lease-lost')
}

/** Prompts `p` that still want an answer, and this person's is not there yet. */
const wantsAnswerOf = ({ projectId, userId }: Pick<Who, 'projectId' | 'userId'>) => Prisma.sql`
  p."projectId" = ${projectId}::uuid AND p.state = 'open' AND p."openSlots" > 0
  AND NOT EXISTS (SELECT 1 FROM "assignment" a WHERE a."promptId" = p.id AND a."assigneeId" = ${userId}::uuid AND a.kind = 'write'
                  AND a.state IN ('leased', 'done', 'skipped'))
  AND NOT EXISTS (SELECT 1 FROM "conversation" c WHERE c."promptId" = p.id AND c."authorId" = ${userId}::uuid)`

/** In the words of the index for those who hold no skills: nothing that asks for one is looked at. */
const asksOnlyFor = (skills: readonly string[]) =>
  skills.length === 0 ? Prisma.sql`p.skills = '{}'` : Prisma.sql`p.skills <@ ${skills as string[]}::text[]`

/**
 * Has this person written as much as the project wants of one? Work they took here counts while it is in their hands or sent in, not what they
 * passed on, what was rejected or withdrawn, or what they imported.
 */
export const hasWrittenEnough = ({ projectId, userId, maxAnswers }: Pick<Writer, 'projectId' | 'userId' | 'maxAnswers'>) =>
  maxAnswers === null
    ? Prisma.sql`false`
    : Prisma.sql`${maxAnswers}::int <= (SELECT count(*) FROM "conversation" c WHERE c."projectId" = ${projectId}::uuid AND c."authorId" = ${userId}::uuid
        AND c.state NOT IN ('rejected', 'withdrawn') AND (c."holdsSlot" OR c."currentRevisionId" IS NOT NULL)
        AND EXISTS (SELECT 1 FROM "assignment" a WHERE a."conversationId" = c.id AND a.kind = 'write'))`

const MOST_LACKING = 5

/** What the prompts at the head of the queue ask for and this person does not hold, each skill once. */
export async function skillsAskedFor(tx: Tx, writer: Pick<Writer, 'projectId' | 'userId' | 'skills'>): Promise<string[]> {
  const rows = await tx.$queryRaw<{ skill: string }[]>`
    SELECT DISTINCT skill FROM (
      SELECT p.skills FROM "prompt" p WHERE p."assigneeId" IS NULL AND p.skills <> '{}' AND ${wantsAnswerOf(writer)}
      ORDER BY p.priority DESC, p.position LIMIT 100) waiting CROSS JOIN LATERAL unnest(waiting.skills) AS skill
    WHERE skill <> ALL (${writer.skills as string[]}::text[]) ORDER BY skill LIMIT ${MOST_LACKING}`
  return rows.map(({ skill }) => skill)
}

/** The next thing to write; without a lease where it is their own and nobody holds one. */
export type NextWriting = { conversationId: string; lease: ClaimedRow | null }

/**
 * The next thing to write, in one statement: the first of the person's own work that they have not passed on and, where nothing
 * was written in it, whose prompt still wants an answer. Else a new prompt, one that is kept for them before the others, and from
 * then on for anybody: the statement takes a slot and makes the conversation with its draft and the lease. SKIP LOCKED sends two who
 * ask at once to different prompts; the CHECK on openSlots and the unique lease index hold even if this were wrong. A prompt somebody
 * skipped or answered is never offered to them again; skipped work that they sent in later and that was returned is.
 */
export async function claimWriting(tx: Tx, writer: Writer): Promise<NextWriting | null> {
  const { projectId, userId, leaseMinutes, except, skills } = writer
  const [row] = await tx.$queryRaw<(Partial<ClaimedRow> & { conversationId: string })[]>`
    WITH own AS (
      SELECT own.* FROM (${ownWork({ projectId, userId })}) AS own
      WHERE NOT "isPassedOn" AND id <> ALL (${exceptions(except)})
        AND ("lapsedAt" IS NULL OR EXISTS (SELECT 1 FROM "prompt" p WHERE p.id = own."promptId" AND p.state = 'open' AND p."openSlots" > 0))
      ORDER BY ${OWN_WORK_ORDER} LIMIT 1
    ), kept AS (
      SELECT p.id FROM "prompt" p WHERE NOT EXISTS (SELECT 1 FROM own) AND p."assigneeId" = ${userId}::uuid AND ${wantsAnswerOf(writer)}
      ORDER BY p.priority DESC, p.position LIMIT 1 FOR UPDATE SKIP LOCKED
    ), candidate AS (
      SELECT p.id FROM "prompt" p WHERE NOT EXISTS (SELECT 1 FROM own) AND NOT EXISTS (SELECT 1 FROM kept) AND NOT ${hasWrittenEnough(writer)}
        AND p."assigneeId" IS NULL AND ${asksOnlyFor(skills)} AND ${wantsAnswerOf(writer)}
      ORDER BY p.priority DESC, p.position LIMIT 1 FOR UPDATE SKIP LOCKED
    ), taken AS (
      UPDATE "prompt" p SET "openSlots" = p."openSlots" - 1, "assigneeId" = NULL WHERE p.id IN (SELECT id FROM kept UNION ALL SELECT id FROM candidate) RETURNING p.*
    ), made AS (
      INSERT INTO "conversation" (id, "projectId", "promptId", "authorId", category, language, tags, "firstUserText", turns)
      SELECT gen_random_uuid(), "projectId", id, ${userId}::uuid, category, language, tags, "firstUserText", jsonb_array_length(messages) FROM taken
      RETURNING id, "promptId", "projectId"
    ), drafted AS (
      INSERT INTO "draft" ("conversationId", "authorId", content)
      SELECT made.id, ${userId}::uuid, jsonb_build_object('messages', taken.messages, 'tools', taken.tools) FROM made, taken
    ), leased AS (
      INSERT INTO "assignment" (id, "projectId", kind, "promptId", "conversationId", "assigneeId", "expiresAt")
      SELECT gen_random_uuid(), "projectId", 'write', "promptId", id, ${userId}::uuid, now() + make_interval(mins => ${leaseMinutes}::int) FROM made
      RETURNING ${LEASE_COLUMNS}
    )
    SELECT own.id AS "conversationId", a.id, a.kind, a.state, a."promptId", a."revisionId", a."fencingToken", a."leasedAt", a."expiresAt"
    FROM own LEFT JOIN "assignment" a ON a.id = own."leaseId"
    UNION ALL SELECT "conversationId", id, kind, state, "promptId", "revisionId", "fencingToken", "leasedAt", "expiresAt" FROM leased`
  if (!row) return null
  return { conversationId: row.conversationId, lease: row.id ? (row as ClaimedRow) : null }
}

type Person = Pick<Who, 'projectId' | 'userId'>

const idOf = (userId: string) => Prisma.sql`${userId}::uuid`

/** Work `c` that somebody else has in hand, or that this person passed on by a lease `a` that still counts. */
const isTaken = (kind: Judging, userId: string, counts = Prisma.sql`true`) => Prisma.sql`
  EXISTS (SELECT 1 FROM "assignment" a WHERE a."conversationId" = c.id AND a.kind = ${KIND[kind]}
          AND (a.state = 'leased' AND a."expiresAt" > now() AND a."assigneeId" <> ${userId}::uuid
               OR a.state = 'skipped' AND a."assigneeId" = ${userId}::uuid AND ${counts}))`

const isEditedBy = (person: Prisma.Sql) => Prisma.sql`
  EXISTS (SELECT 1 FROM "revision" r WHERE r."conversationId" = c.id AND r."editorId" = ${person})`

/**
 * Submissions `c` that wait for this person's verdict: not their own, not edited by them, not judged by them on this revision,
 * never skipped by them, and in nobody else's hands. `barToReview` (lib/domain/review.ts) says the same of one conversation.
 */
const waitsForReview = ({ projectId, userId }: Person) => Prisma.sql`
  c."projectId" = ${projectId}::uuid AND c.state = 'submitted' AND c."authorId" <> ${userId}::uuid
  AND NOT ${isTaken('review', userId)}
  AND NOT EXISTS (SELECT 1 FROM "review" v WHERE v."revisionId" = c."currentRevisionId" AND v."reviewerId" = ${userId}::uuid AND v."withdrawnAt" IS NULL)
  AND NOT ${isEditedBy(idOf(userId))}`

/**
 * Escalations `c` that a person was no part of: neither written, edited nor ever judged by them (a decision of theirs that they
 * took back aside). `not-involved` of the policy, with `conversationSubject`, says the same of one conversation.
 */
const isNoPartOf = (person: Prisma.Sql) => Prisma.sql`
  c."authorId" <> ${person}
  AND NOT EXISTS (SELECT 1 FROM "review" v WHERE v."conversationId" = c.id AND v."reviewerId" = ${person}
                  AND NOT (v.kind = 'adjudication' AND v."withdrawnAt" IS NOT NULL))
  AND NOT ${isEditedBy(person)}`

/** Could somebody who may decide escalation `c`, and has not passed it on, still take it? */
const isLeftToSomebody = Prisma.sql`
  EXISTS (SELECT 1 FROM "membership" m JOIN "user" u ON u.id = m."userId" AND u."disabledAt" IS NULL
          WHERE m."projectId" = c."projectId" AND m.roles && ${rolesFor('conversation:adjudicate')}::text[] AND ${isNoPartOf(Prisma.sql`m."userId"`)}
            AND NOT EXISTS (SELECT 1 FROM "assignment" s WHERE s."conversationId" = c.id AND s.kind = ${KIND.adjudicate} AND s.state = 'skipped'
                            AND s."assigneeId" = m."userId"))`

/**
 * Escalations `c` that wait for this person's decision. One that nobody is left for comes back to those who passed it on, the day
 * after: somebody has to decide it.
 */
const waitsForAdjudication = ({ projectId, userId }: Person) => Prisma.sql`
  c."projectId" = ${projectId}::uuid AND c.state = 'escalated' AND ${isNoPartOf(idOf(userId))}
  AND NOT ${isTaken('adjudicate', userId, Prisma.sql`(a."endedAt" > now() - interval '1 day' OR ${isLeftToSomebody})`)}`

/** What waits for a person's judgement, and in which order it is given: the longest waiting first. */
export const WAITING = {
  review: { for: waitsForReview, order: Prisma.sql`c."submittedAt", c.id` },
  adjudicate: { for: waitsForAdjudication, order: Prisma.sql`c."updatedAt", c.id` },
} satisfies Record<Judging, object>

/** The text that waits longest for this person. A lease on it whose time is over ends here, whether or not the worker has come by. */
export async function claimJudging(tx: Tx, kind: Judging, who: Who): Promise<ClaimedRow | null> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT c.id FROM "conversation" c WHERE ${WAITING[kind].for(who)} AND c.id <> ALL (${exceptions(who.except)})
    ORDER BY ${WAITING[kind].order} LIMIT 1 FOR UPDATE OF c SKIP LOCKED`
  const found = rows[0]
  if (!found) return null
  await expireDue(tx, { conversationId: found.id })
  return leaseConversation(tx, kind, found.id, who)
}
