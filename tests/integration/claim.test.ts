// The claim under a hundred people at once, round after round: whatever they do with what they get, slots are neither given twice
// nor lost, nobody is offered a prompt twice, and nothing that could be written stays lying.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import type { Person } from '#lib/domain/actor.ts'
import { saveDraft } from '#lib/services/draft.ts'
import { expireLeases } from '#lib/services/lease.ts'
import { invoke } from '#lib/services/operation.ts'
import { submitConversation } from '#lib/services/submission.ts'
import { claimWork, releaseAssignment, skipAssignment } from '#lib/services/work.ts'
import { as, assistant, buildPerson, buildProject, buildPrompt, user } from '../support/world.ts'

const CLAIMERS = 100
const content = { messages: [user('How?'), assistant('So.')], tools: [] as [] }

/** What somebody does in a round with what they hold; those who hold nothing claim. */
const DEEDS = ['submit', 'submit', 'skip', 'release', 'save', 'lapse', 'claim'] as const
type Deed = (typeof DEEDS)[number]
type Lease = { id: string; conversationId: string; version: number }

async function act(person: Person, projectId: string, deed: Deed, lease: Lease | undefined): Promise<unknown> {
  if (!lease || deed === 'claim') return invoke(claimWork, { projectId }, as(person))
  if (deed === 'submit') return invoke(submitConversation, { conversationId: lease.conversationId, baseVersion: lease.version, content }, as(person))
  if (deed === 'skip') return invoke(skipAssignment, { assignmentId: lease.id, reason: 'not-my-field' }, as(person))
  if (deed === 'release') return invoke(releaseAssignment, { assignmentId: lease.id }, as(person))
  if (deed === 'save') return invoke(saveDraft, { conversationId: lease.conversationId, baseVersion: lease.version, content }, as(person))
  return db.$executeRaw`UPDATE "assignment" SET "expiresAt" = now() - interval '1 second' WHERE id = ${lease.id}::uuid`
}

async function held(projectId: string): Promise<Map<string, Lease>> {
  const rows = await db.assignment.findMany({
    where: { projectId, state: 'leased' },
    select: { id: true, assigneeId: true, conversationId: true, conversation: { select: { draft: { select: { version: true } } } } },
  })
  return new Map(
    rows.map((row) => [row.assigneeId, { id: row.id, conversationId: row.conversationId ?? '', version: row.conversation?.draft?.version ?? 0 }]),
  )
}

/** Slots as they are counted and as they are held; and who got the same prompt twice. */
async function expectSound(projectId: string): Promise<void> {
  expect(await db.$queryRaw`SELECT * FROM slot_faults(${projectId}::uuid)`, 'slots').toEqual([])
  const given = await db.$queryRaw`
    SELECT p.id FROM "prompt" p WHERE p."projectId" = ${projectId}::uuid AND p."answersWanted" < (
      SELECT count(*) FROM "assignment" a JOIN "conversation" c ON c.id = a."conversationId" AND c."holdsSlot" WHERE a."promptId" = p.id AND a.state = 'leased')`
  expect(given, 'slots given twice').toEqual([])
  const twice = await db.$queryRaw`
    SELECT "promptId", "assigneeId" FROM "assignment" WHERE "projectId" = ${projectId}::uuid AND kind = 'write'
    GROUP BY 1, 2 HAVING count(*) FILTER (WHERE state IN ('leased', 'done', 'skipped')) > 1 OR count(DISTINCT "conversationId") > 1`
  expect(twice, 'the same prompt twice to one person').toEqual([])
}

/** Everybody writes whatever they can still get, until nobody gets anything. */
async function writeAll(projectId: string, people: readonly Person[]): Promise<void> {
  for (let isOver = false; !isOver; ) {
    const outcomes = await Promise.allSettled(people.map((person) => invoke(claimWork, { projectId }, as(person))))
    isOver = outcomes.every((outcome) => outcome.status === 'rejected')
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason.code).toBe('no-work')
    const leases = await held(projectId)
    await Promise.all(people.map((person) => leases.has(person.userId) && act(person, projectId, 'submit', leases.get(person.userId))))
  }
}

test('100 claimers over several rounds: no slot twice, no prompt twice to anybody, and none left that somebody could write', async () => {
  const people = await Promise.all(Array.from({ length: CLAIMERS }, () => buildPerson()))
  const round = fc.array(fc.constantFrom(...DEEDS), { minLength: CLAIMERS, maxLength: CLAIMERS, size: 'max' })
  const wanted = fc.array(fc.record({ answersWanted: fc.integer({ min: 1, max: 8 }), priority: fc.nat(2) }), { minLength: 1, maxLength: 25 })
  await fc.assert(
    fc.asyncProperty(wanted, fc.array(round, { minLength: 2, maxLength: 4 }), async (prompts, rounds) => {
      const { id: projectId } = await buildProject()
      await db.membership.createMany({ data: people.map(({ userId }) => ({ projectId, userId, roles: ['labeller'] })) })
      for (const prompt of prompts) await buildPrompt(projectId, prompt)
      for (const deeds of rounds) {
        const leases = await held(projectId)
        const deedsAtOnce = people.map((person, index) => act(person, projectId, deeds[index] ?? 'claim', leases.get(person.userId)))
        const outcomes = await Promise.allSettled([...deedsAtOnce, expireLeases()])
        // Whoever was swept off between looking and acting is told so.
        for (const outcome of outcomes)
          if (outcome.status === 'rejected') expect(['no-work', 'illegal-transition', 'stale-version', 'not-found']).toContain(outcome.reason.code)
        await expectSound(projectId)
      }
      await writeAll(projectId, people)
      await expectSound(projectId)
      const starved = await db.$queryRaw`
        SELECT p.id, m."userId" FROM "prompt" p JOIN "membership" m ON m."projectId" = p."projectId"
        WHERE p."projectId" = ${projectId}::uuid AND p."openSlots" > 0 AND NOT EXISTS (
          SELECT 1 FROM "assignment" a WHERE a."promptId" = p.id AND a."assigneeId" = m."userId" AND a.state IN ('done', 'skipped'))
          AND NOT EXISTS (SELECT 1 FROM "conversation" c WHERE c."promptId" = p.id AND c."authorId" = m."userId")`
      expect(starved, 'prompts left over that somebody never had').toEqual([])
    }),
    { numRuns: 3, endOnFailure: true },
  )
}, 240_000)
