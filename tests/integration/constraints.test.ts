import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import { AssignmentKind } from '#lib/domain/assignment.ts'
import { Rule } from '#lib/domain/guideline.ts'
import { MACHINES } from '#lib/domain/machine.ts'
import { Severity, Verdict } from '#lib/domain/review.ts'
import { Split } from '#lib/domain/snapshot.ts'
import { invoke } from '#lib/services/operation.ts'
import { closeSender } from '#lib/services/queue.ts'
import { submitReview } from '#lib/services/review.ts'
import { freezeSnapshot } from '#lib/services/snapshot.ts'
import { runFreeze } from '#lib/services/snapshot-freeze.ts'
import { as, buildGuideline, buildProject, buildPrompt, buildSubmission, join } from '../support/world.ts'

afterAll(closeSender)

const sql = (text: string) => db.$executeRawUnsafe(text)

/** A project with one of everything: cited review, frozen snapshot, ready build with its ledger, a run with an event. */
async function open() {
  const project = await buildProject()
  const [author, reviewer, engineer] = [await join(project.id, 'labeller'), await join(project.id, 'reviewer'), await join(project.id, 'engineer')]
  const guideline = await buildGuideline(project.id)
  await buildPrompt(project.id)
  const { conversationId, revisionId } = await buildSubmission(project.id, author)
  const comments = [{ body: 'Well done.', severity: 'nit' as const, rule: 'truthful/unknown' }]
  const { reviewId } = await invoke(submitReview, { conversationId, revisionId, verdict: 'approve', comments }, as(reviewer))
  const shares = { train: 1, validation: 0, test: 0 }
  const { id: snapshotId } = await invoke(freezeSnapshot, { projectId: project.id, name: 'one', shares }, as(engineer))
  await runFreeze({ snapshotId })
  const model = await db.model.create({ data: { projectId: project.id, kind: 'base', name: 'base', details: {} } })
  const made = { projectId: project.id, createdById: engineer.userId }
  const build = await db.build.create({ data: { ...made, snapshotId, modelId: model.id, recipe: {}, recipeHash: 'x', state: 'building' } })
  const entry = { buildId: build.id, conversationId, revisionId, split: 'train', outcome: 'exported' }
  await db.ledgerEntry.create({ data: { ...entry, position: 0, rowIndex: 0 } })
  await db.build.update({ where: { id: build.id }, data: { state: 'ready', candidates: 1, exported: 1 } })
  const run = await db.run.create({ data: { ...made, name: 'r', buildId: build.id, baseModelId: model.id, config: {} } })
  const attempt = await db.attempt.create({ data: { runId: run.id, number: 1 } })
  await db.runEvent.create({ data: { attemptId: attempt.id, seq: 1, type: 'start', at: new Date(), payload: {} } })
  return { project, author, reviewer, engineer, guideline, conversationId, revisionId, reviewId, snapshotId, model, build, entry, run, attempt }
}
type World = Awaited<ReturnType<typeof open>>

describe('rows that never change', () => {
  let world: World
  beforeAll(async () => {
    world = await open()
  })

  test.each([
    ['revision', (w: World) => `"conversationId" = '${w.conversationId}'`],
    ['guideline_version', (w: World) => `"projectId" = '${w.project.id}'`],
    ['rule', (w: World) => `"guidelineVersionId" = '${w.guideline.id}'`],
    ['snapshot', (w: World) => `id = '${w.snapshotId}'`],
    ['snapshot_row', (w: World) => `"snapshotId" = '${w.snapshotId}'`],
    ['ledger_entry', (w: World) => `"buildId" = '${w.build.id}'`],
    ['run_event', (w: World) => `"attemptId" = '${w.attempt.id}'`],
  ] as const)('a %s row is not deleted alone, nor changed, nor truncated', async (table, where) => {
    const count = async () => (await db.$queryRawUnsafe<unknown[]>(`SELECT 1 FROM "${table}" WHERE ${where(world)}`)).length
    await expect(sql(`DELETE FROM "${table}" WHERE ${where(world)}`)).rejects.toThrow(/never (go|change)/)
    await expect(sql(`TRUNCATE "${table}" CASCADE`)).rejects.toThrow(/never change/)
    const column = table === 'snapshot' ? 'name' : table === 'guideline_version' ? 'note' : table === 'rule' ? 'slug' : null
    const change = column ? `"${column}" = 'x'` : table === 'run_event' ? 'seq = 9' : table === 'revision' ? `note = 'x'` : 'position = 9'
    await expect(sql(`UPDATE "${table}" SET ${change} WHERE ${where(world)}`)).rejects.toThrow(/never change/)
    expect(await count()).toBe(1)
  })

  test('a finished build’s ledger takes no further entry; one that is being made is thrown away freely', async () => {
    await expect(
      sql(`INSERT INTO "ledger_entry" ("buildId", position, "conversationId", "revisionId", split, outcome)
        SELECT "buildId", position + 1, "conversationId", "revisionId", split, outcome FROM "ledger_entry" WHERE "buildId" = '${world.build.id}'`),
    ).rejects.toThrow(/never changes/)
    const { id: _, ...again } = { ...world.build, state: 'building', recipe: {}, manifest: undefined, failure: undefined }
    const { id: buildId } = await db.build.create({ data: again })
    await db.ledgerEntry.create({ data: { ...world.entry, buildId, position: 0 } })
    expect((await db.ledgerEntry.deleteMany({ where: { buildId } })).count).toBe(1)
  })

  test('a frozen snapshot takes no further row', async () => {
    await buildPrompt(world.project.id)
    const { conversationId, revisionId } = await buildSubmission(world.project.id, world.author)
    const ids = [world.snapshotId, conversationId, revisionId].map((id) => `'${id}'`).join(', ')
    await expect(
      sql(
        `INSERT INTO "snapshot_row" ("snapshotId", "conversationId", "revisionId", position, split, "groupKey", "contentHash") VALUES (${ids}, 1, 'train', 'g', 'h')`,
      ),
    ).rejects.toThrow(/never changes/)
  })

  test('a row that something names does not go; a whole project does, and its audit chain stays', async () => {
    const { project, conversationId, author, model } = world
    await expect(db.conversation.delete({ where: { id: conversationId } })).rejects.toThrow(/snapshot_row|ledger_entry/)
    await expect(db.model.delete({ where: { id: model.id } })).rejects.toThrow(/build|run/)
    await expect(db.user.delete({ where: { id: author.userId } })).rejects.toThrow(/foreign key|_fkey/i)
    const events = await db.auditEvent.count({ where: { chainId: project.id } })
    await db.project.delete({ where: { id: project.id } })
    expect(await db.revision.count({ where: { projectId: project.id } })).toBe(0)
    expect(await db.ledgerEntry.count({ where: { buildId: world.build.id } })).toBe(0)
    expect(await db.auditEvent.count({ where: { chainId: project.id } })).toBe(events)
  })

  test('a conversation nothing was made of goes with its revisions', async () => {
    const project = await buildProject()
    await buildPrompt(project.id)
    const { conversationId } = await buildSubmission(project.id, await join(project.id, 'labeller'))
    await db.conversation.delete({ where: { id: conversationId } })
    expect(await db.revision.count({ where: { conversationId } })).toBe(0)
  })
})

describe('what must hold is refused by the database itself', () => {
  let world: World
  beforeAll(async () => {
    world = await open()
  })

  test('a split group on two sides, and a wrong number of rows, do not freeze', async () => {
    const { project, revisionId, conversationId } = world
    await buildPrompt(project.id)
    const other = await buildSubmission(project.id, world.author)
    const snapshot = await db.snapshot.create({ data: { projectId: project.id, name: 'torn', query: {}, seed: '1', shares: {} } })
    const row = (position: number, split: string, ids: { conversationId: string; revisionId: string }) =>
      db.snapshotRow.create({ data: { snapshotId: snapshot.id, position, split, groupKey: 'g', contentHash: 'h', ...ids } })
    const freeze = (rowCount: number) => db.snapshot.update({ where: { id: snapshot.id }, data: { state: 'frozen', rowCount } })
    await row(0, 'train', { conversationId, revisionId })
    await expect(freeze(2)).rejects.toThrow(/counts 2 rows and has 1/)
    await row(1, 'test', { conversationId: other.conversationId, revisionId: other.revisionId })
    await expect(freeze(2)).rejects.toThrow(/split group g spans two splits/)
  })

  test('an approval is not taken from under an approved conversation', async () => {
    const { conversationId, reviewId, author, project, reviewer } = world
    await expect(sql(`UPDATE "review" SET "withdrawnAt" = now() WHERE id = '${reviewId}'`)).rejects.toThrow(/approved without 1 approvals/)
    await expect(sql(`UPDATE "review" SET verdict = 'reject' WHERE id = '${reviewId}'`)).rejects.toThrow(/approved without/)
    await expect(sql(`DELETE FROM "review" WHERE id = '${reviewId}'`)).rejects.toThrow(/approved without/)
    await buildPrompt(project.id)
    const other = await buildSubmission(project.id, author)
    await expect(sql(`UPDATE "conversation" SET "currentRevisionId" = '${other.revisionId}' WHERE id = '${conversationId}'`)).rejects.toThrow(
      /approved without/,
    )
    await expect(sql(`UPDATE "conversation" SET state = 'approved' WHERE id = '${other.conversationId}'`)).rejects.toThrow(/approved without/)
    expect(await db.review.count({ where: { id: reviewId, withdrawnAt: null, reviewerId: reviewer.userId } })).toBe(1)
  })

  test('a review does not become one of own work, of another conversation, or an adjudication by an earlier reviewer', async () => {
    const { reviewId, author, project, conversationId, revisionId, reviewer } = world
    await buildPrompt(project.id)
    const other = await buildSubmission(project.id, await join(project.id, 'labeller'))
    await expect(sql(`UPDATE "review" SET "reviewerId" = '${author.userId}' WHERE id = '${reviewId}'`)).rejects.toThrow(/own-work-review/)
    await expect(sql(`UPDATE "review" SET "conversationId" = '${other.conversationId}' WHERE id = '${reviewId}'`)).rejects.toThrow(
      /revision of its own conversation/,
    )
    const adjudication = { projectId: project.id, conversationId, revisionId, kind: 'adjudication', verdict: 'approve', ratings: {} }
    await expect(db.review.create({ data: { ...adjudication, reviewerId: reviewer.userId } })).rejects.toThrow(/earlier-reviewer-adjudicates/)
    const manager = await join(project.id, 'manager')
    const { id } = await db.review.create({ data: { ...adjudication, reviewerId: manager.userId } })
    await expect(sql(`UPDATE "review" SET "reviewerId" = '${reviewer.userId}' WHERE id = '${id}'`)).rejects.toThrow(/earlier-reviewer-adjudicates/)
  })

  test('a skip says why, an exclusion too', async () => {
    const { project, build, entry } = world
    await buildPrompt(project.id)
    await buildSubmission(project.id, await join(project.id, 'labeller'))
    await expect(sql(`UPDATE "assignment" SET state = 'skipped' WHERE "projectId" = '${project.id}'`)).rejects.toThrow(/assignment_skip_reason/)
    await expect(db.ledgerEntry.create({ data: { ...entry, buildId: build.id, position: 7, outcome: 'excluded' } })).rejects.toThrow(
      /ledger_entry_reason/,
    )
  })

  test('a slot that is not what the conversations say is found', async () => {
    const { project } = world
    const faults = () => db.$queryRaw<{ openSlots: number; expected: number }[]>`SELECT * FROM slot_faults(${project.id}::uuid)`
    expect(await faults()).toEqual([])
    const prompt = await buildPrompt(project.id, { answersWanted: 3 })
    await db.prompt.update({ where: { id: prompt.id }, data: { openSlots: 1 } })
    expect(await faults()).toMatchObject([{ promptId: prompt.id, openSlots: 1, expected: 3 }])
  })
})

const states = (machine: keyof typeof MACHINES) => Object.keys(MACHINES[machine])

test.each([
  ...(Object.keys(MACHINES) as (keyof typeof MACHINES)[]).map((machine) => [`${machine}_state`.toLowerCase(), states(machine)] as const),
  ['assignment_kind', AssignmentKind.options],
  ['review_verdict', Verdict.options],
  ['comment_severity', Severity.options],
  ['rule_principle', Rule.shape.principle.options],
  ['rule_level', Rule.shape.level.options],
  ['snapshot_row_split', Split.options],
  ['ledger_entry_split', Split.options],
  ['build_file_split', Split.options],
] as const)('%s names the words of the domain', async (constraint, words) => {
  const [row] = await db.$queryRaw<{ text: string }[]>`SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname = ${constraint}`
  expect([...(row?.text ?? '').matchAll(/'([^']+)'/g)].map((match) => match[1]).sort()).toEqual([...words].sort())
})

/** Ids that name no row of ours for good, each with its reason. */
const FREE = [
  // History outlives what it tells of, and the instance's own chain has no project.
  'audit_event.actorId',
  'audit_event.chainId',
  'audit_head.chainId',
  'audit_pending.actorId',
  'audit_pending.chainId',
  // Compared with the newest revision, never followed.
  'conversation.signedRevisionId',
  // Kept for a day, at every request that may be repeated.
  'idempotency_key.userId',
  // A hint, held against the conversation when it is used.
  'near_duplicate_key.conversationId',
]

test('every id names a row, and every foreign key has its index', async () => {
  const free = await db.$queryRaw<{ name: string }[]>`
    SELECT c.table_name || '.' || c.column_name AS name FROM information_schema.columns c
    WHERE c.table_schema = 'public' AND c.data_type = 'uuid' AND c.column_name LIKE '%Id' AND NOT EXISTS (
      SELECT 1 FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
      WHERE k.contype = 'f' AND k.conrelid = format('public.%I', c.table_name)::regclass AND a.attname = c.column_name) ORDER BY 1`
  expect(free.map(({ name }) => name)).toEqual(FREE)
  // Accounts are closed, never deleted: a key to them needs no way back.
  const bare = await db.$queryRaw<{ name: string }[]>`
    SELECT k.conname AS name FROM pg_constraint k WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace AND k.confrelid <> '"user"'::regclass
      AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indkey[0] = k.conkey[1])`
  expect(bare).toEqual([])
})
