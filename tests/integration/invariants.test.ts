import fc from 'fast-check'
import { expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import type { Person } from '#lib/domain/actor.ts'
import type { Message } from '#lib/domain/conversation.ts'
import { ERRORS } from '#lib/domain/errors.ts'
import { withdrawConversation } from '#lib/services/conversation.ts'
import { saveDraft } from '#lib/services/draft.ts'
import { expireLeases } from '#lib/services/lease.ts'
import { invoke } from '#lib/services/operation.ts'
import { adjudicateConversation, fixConversation, submitReview, withdrawReview } from '#lib/services/review.ts'
import { submitConversation } from '#lib/services/submission.ts'
import { claimWork, releaseAssignment, resumeWork, skipAssignment } from '#lib/services/work.ts'
import { as, assistant, buildGuideline, buildProject, buildPrompt, join, user } from '../support/world.ts'

/** What must hold after any sequence of operations by anybody; each query finds the rows that break it. */
const VIOLATIONS: Record<string, (projectId: string) => Promise<unknown[]>> = {
  'slots = wanted − live leases and conversations that hold one': (id) => db.$queryRaw`
    SELECT p.id FROM "prompt" p WHERE p."projectId" = ${id}::uuid AND p."openSlots" <> p."answersWanted"
      - (SELECT count(*) FROM "conversation" c WHERE c."promptId" = p.id AND c."holdsSlot")`,
  'no prompt has more live leases than slots': (id) => db.$queryRaw`
    SELECT p.id FROM "prompt" p WHERE p."projectId" = ${id}::uuid AND p."answersWanted" <
      (SELECT count(*) FROM "assignment" a JOIN "conversation" c ON c.id = a."conversationId" AND c."holdsSlot" WHERE a."promptId" = p.id AND a.kind = 'write' AND a.state = 'leased')`,
  'an approved conversation has its approvals by others on that revision': (id) => db.$queryRaw`
    SELECT c.id FROM "conversation" c JOIN "project" p ON p.id = c."projectId" WHERE p.id = ${id}::uuid AND c.state = 'approved' AND NOT EXISTS (
      SELECT 1 FROM "review" v WHERE v."revisionId" = c."currentRevisionId" AND v.kind = 'adjudication' AND v.verdict = 'approve' AND v."withdrawnAt" IS NULL)
      AND p."requiredApprovals" > (SELECT count(*) FROM "review" v WHERE v."revisionId" = c."currentRevisionId" AND v.verdict = 'approve'
        AND v."withdrawnAt" IS NULL AND v."reviewerId" <> c."authorId")`,
  'nobody judged what they wrote or edited': (id) => db.$queryRaw`
    SELECT v.id FROM "review" v JOIN "conversation" c ON c.id = v."conversationId" JOIN "revision" r ON r.id = v."revisionId"
    WHERE c."projectId" = ${id}::uuid AND (v."reviewerId" = c."authorId" OR v."reviewerId" = r."editorId")`,
  'the approvals counter counts': (id) => db.$queryRaw`
    SELECT c.id FROM "conversation" c WHERE c."projectId" = ${id}::uuid AND c.state <> 'draft' AND c.approvals <>
      (SELECT count(*) FROM "review" v WHERE v."revisionId" = c."currentRevisionId" AND v.verdict = 'approve' AND v."withdrawnAt" IS NULL)`,
  'a draft has its text, and nothing else has a draft': (id) => db.$queryRaw`
    SELECT c.id FROM "conversation" c LEFT JOIN "draft" d ON d."conversationId" = c.id
    WHERE c."projectId" = ${id}::uuid AND ((c.state = 'draft') <> (d."conversationId" IS NOT NULL)) AND c.state <> 'withdrawn'`,
  'a request for changes or a rejection cites a rule': (id) => db.$queryRaw`
    SELECT v.id FROM "review" v WHERE v."projectId" = ${id}::uuid AND v.verdict IN ('request-changes', 'reject')
      AND NOT EXISTS (SELECT 1 FROM "comment" k WHERE k."reviewId" = v.id AND (k."ruleId" IS NOT NULL OR k."isGap"))`,
  'the audit chain verifies': (id) => db.$queryRaw`
    SELECT e.seq FROM "audit_event" e LEFT JOIN "audit_event" b ON b."chainId" = e."chainId" AND b.seq = e.seq - 1 WHERE e."chainId" = ${id}::uuid
      AND (e.hash <> encode(sha256(convert_to(audit_event_payload(e), 'UTF8')), 'hex') OR e."previousHash" <> coalesce(b.hash, repeat('0', 64)))`,
}

type World = { projectId: string; people: Person[] }
type Step = { who: number; act: number; pick: number }

const text = (n: number): { messages: Message[]; tools: [] } => ({ messages: [user(`Question ${n}?`), assistant(`Answer ${n}.`)], tools: [] })

const anyConversation = async ({ projectId }: World, pick: number) => {
  const rows = await db.conversation.findMany({ where: { projectId }, orderBy: { id: 'asc' }, include: { draft: true } })
  return rows[pick % Math.max(rows.length, 1)]
}
const anyLease = async ({ projectId }: World, pick: number) => {
  const rows = await db.assignment.findMany({ where: { projectId, state: 'leased' }, orderBy: { id: 'asc' } })
  return rows[pick % Math.max(rows.length, 1)]
}

const ACTS: ((world: World, person: Person, pick: number) => Promise<unknown>)[] = [
  (world, person) => invoke(claimWork, { projectId: world.projectId }, as(person)),
  (world, person) => invoke(claimWork, { projectId: world.projectId, kind: 'review' }, as(person)),
  async (world, person, pick) => {
    const row = await anyConversation(world, pick)
    return row && invoke(saveDraft, { conversationId: row.id, baseVersion: row.draft?.version ?? 0, content: text(pick) }, as(person))
  },
  async (world, person, pick) => {
    const row = await anyConversation(world, pick)
    return row && invoke(submitConversation, { conversationId: row.id, baseVersion: row.draft?.version ?? 0, content: text(pick) }, as(person))
  },
  async (world, person, pick) => {
    const row = await anyConversation(world, pick)
    const verdict = (['approve', 'request-changes', 'reject', 'escalate'] as const)[pick % 4] ?? 'approve'
    const comments = [{ body: 'See the rule.', severity: 'minor' as const, rule: 'truthful/unknown' }]
    return (
      row?.currentRevisionId && invoke(submitReview, { conversationId: row.id, revisionId: row.currentRevisionId, verdict, comments }, as(person))
    )
  },
  async (world, person, pick) => {
    const row = await anyConversation(world, pick)
    return (
      row?.currentRevisionId &&
      invoke(fixConversation, { conversationId: row.id, revisionId: row.currentRevisionId, content: text(pick) }, as(person))
    )
  },
  async (world, person, pick) => {
    const row = await anyConversation(world, pick)
    return (
      row?.currentRevisionId &&
      invoke(adjudicateConversation, { conversationId: row.id, revisionId: row.currentRevisionId, verdict: 'approve' }, as(person))
    )
  },
  async (world, person, pick) => {
    const rows = await db.review.findMany({ where: { projectId: world.projectId }, orderBy: { id: 'asc' } })
    const review = rows[pick % Math.max(rows.length, 1)]
    return review && invoke(withdrawReview, { reviewId: review.id }, as(person))
  },
  async (world, person, pick) => {
    const lease = await anyLease(world, pick)
    return lease && invoke(skipAssignment, { assignmentId: lease.id, reason: 'unclear-prompt' }, as(person))
  },
  async (world, person, pick) => {
    const lease = await anyLease(world, pick)
    return lease && invoke(releaseAssignment, { assignmentId: lease.id }, as(person))
  },
  async (world, _person, pick) => {
    const lease = await anyLease(world, pick)
    if (lease) await db.$executeRaw`UPDATE "assignment" SET "expiresAt" = now() - interval '1 second' WHERE id = ${lease.id}::uuid`
    return pick % 2 ? expireLeases() : null
  },
  async (world, person, pick) => {
    const row = await anyConversation(world, pick)
    return row && invoke(resumeWork, { conversationId: row.id }, as(person))
  },
  async (world, person, pick) => {
    const row = await anyConversation(world, pick)
    return pick % 5 === 0 && row && invoke(withdrawConversation, { conversationId: row.id, reason: 'Because' }, as(person))
  },
]

test('random operations by random people keep every invariant, one after the other and at once', async () => {
  const step: fc.Arbitrary<Step> = fc.record({ who: fc.nat(4), act: fc.nat(ACTS.length - 1), pick: fc.nat(40) })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 8, maxLength: 30 }), async (rounds) => {
      const project = await buildProject({ requiredApprovals: 1 + (rounds.length % 2) })
      await buildGuideline(project.id)
      for (const answersWanted of [1, 2, 3]) await buildPrompt(project.id, { answersWanted })
      const people = await Promise.all([
        join(project.id, 'labeller'),
        join(project.id, 'labeller'),
        join(project.id, 'labeller', 'reviewer'),
        join(project.id, 'reviewer'),
        join(project.id, 'manager'),
      ])
      const world = { projectId: project.id, people }
      for (const round of rounds) {
        // The steps of a round run at once.
        const outcomes = await Promise.allSettled(round.map(({ who, act, pick }) => ACTS[act]?.(world, people[who] as Person, pick)))
        for (const outcome of outcomes) {
          if (outcome.status === 'rejected')
            expect(
              Object.keys(ERRORS).filter((code) => code !== 'internal'),
              String(outcome.reason),
            ).toContain(outcome.reason.code)
        }
      }
      for (const [name, find] of Object.entries(VIOLATIONS)) expect(await find(project.id), name).toEqual([])
    }),
    { numRuns: 60, seed: 20261123, endOnFailure: true },
  )
}, 120_000)
