import { afterAll, describe, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import { withdrawConversation } from '#lib/services/conversation.ts'
import { invoke } from '#lib/services/operation.ts'
import { closeSender } from '#lib/services/queue.ts'
import { submitReview } from '#lib/services/review.ts'
import { diffSnapshots, freezeSnapshot, getSnapshot, listSnapshotRows, previewSnapshot } from '#lib/services/snapshot.ts'
import { runFreeze } from '#lib/services/snapshot-freeze.ts'
import { as, buildProject, buildPrompt, buildSubmission, join, refusal } from '../support/world.ts'

afterAll(closeSender)

async function open(count: number) {
  const project = await buildProject()
  const engineer = await join(project.id, 'engineer')
  const reviewer = await join(project.id, 'reviewer')
  const approve = async () => {
    await buildPrompt(project.id)
    const author = await join(project.id, 'labeller')
    const { conversationId, revisionId } = await buildSubmission(project.id, author)
    await invoke(submitReview, { conversationId, revisionId, verdict: 'approve' }, as(reviewer))
    return { conversationId, author }
  }
  const approved = []
  for (let index = 0; index < count; index++) approved.push(await approve())
  const freeze = async (name: string, more: object = {}) => {
    const { id } = await invoke(freezeSnapshot, { projectId: project.id, name, ...more }, as(engineer))
    await runFreeze({ snapshotId: id })
    return invoke(getSnapshot, { snapshotId: id }, as(engineer))
  }
  return { project, engineer, approved, approve, freeze }
}

describe('freezing', () => {
  test('takes what is approved, balances with what is not, and the same work gives the same hash', async () => {
    const { project, freeze, engineer } = await open(6)
    await buildPrompt(project.id)
    await buildSubmission(project.id, await join(project.id, 'labeller'))
    const [one, two] = [await freeze('one'), await freeze('two')]
    expect(one).toMatchObject({ state: 'frozen', rowCount: 6, manifest: { excluded: { submitted: 1 }, authors: 6, reviewers: 1 } })
    expect(one.contentHash).toMatch(/^[0-9a-f]{64}$/)
    expect(two.contentHash).toBe(one.contentHash)
    expect(await invoke(diffSnapshots, { snapshotId: one.id, otherId: two.id }, as(engineer))).toEqual({
      onlyHere: 0,
      onlyThere: 0,
      inBoth: 6,
      changedText: 0,
      movedSplit: 0,
    })
    const rows = await invoke(listSnapshotRows, { snapshotId: one.id, limit: 4 }, as(engineer))
    expect(rows.items.map((row) => row.position)).toEqual([0, 1, 2, 3])
    expect((await invoke(listSnapshotRows, { snapshotId: one.id, after: rows.nextAfter ?? 0 }, as(engineer))).items).toHaveLength(2)
    expect((await invoke(previewSnapshot, { projectId: project.id }, as(engineer))).rowCount).toBe(6)
  })

  test('never changes again, neither its row, nor its rows, nor by running the job twice', async () => {
    const { freeze, approve, approved } = await open(2)
    const frozen = await freeze('kept')
    await approve()
    await runFreeze({ snapshotId: frozen.id })
    await invoke(withdrawConversation, { conversationId: approved[0]?.conversationId ?? '', reason: 'consent' }, as(approved[0]?.author ?? null))
    expect(await db.snapshotRow.count({ where: { snapshotId: frozen.id } })).toBe(2)
    const id = frozen.id
    await expect(db.$executeRaw`UPDATE "snapshot" SET name = 'x' WHERE id = ${id}::uuid`).rejects.toThrow(/never changes/)
    await expect(db.$executeRaw`DELETE FROM "snapshot_row" WHERE "snapshotId" = ${id}::uuid`).rejects.toThrow(/never changes/)
    await expect(db.$executeRaw`UPDATE "snapshot_row" SET split = 'test' WHERE "snapshotId" = ${id}::uuid`).rejects.toThrow(/never change/)
  })

  test('a new row never moves an old one to another split', async () => {
    const { freeze, approve, engineer } = await open(5)
    const shares = { train: 0.5, validation: 0.25, test: 0.25 }
    const before = await freeze('before', { shares })
    for (let index = 0; index < 4; index++) await approve()
    const after = await freeze('after', { shares })
    expect(await invoke(diffSnapshots, { snapshotId: after.id, otherId: before.id }, as(engineer))).toMatchObject({
      inBoth: 5,
      onlyHere: 4,
      movedSplit: 0,
    })
  })

  test('refuses an empty choice, a name that is taken, shares that do not add up, and people who may not', async () => {
    const { project, freeze, engineer } = await open(1)
    await freeze('taken')
    const call = (input: object, person = engineer) => refusal(invoke(freezeSnapshot, { projectId: project.id, name: 'n', ...input }, as(person)))
    expect((await call({ query: { categories: ['nothing'] } })).code).toBe('nothing-to-freeze')
    expect((await call({ name: 'taken' })).code).toBe('already-exists')
    expect((await call({ shares: { train: 0.5, validation: 0.2, test: 0.2 } })).code).toBe('invalid-input')
    expect((await call({}, await join(project.id, 'reviewer'))).code).toBe('forbidden')
    expect((await refusal(invoke(getSnapshot, { snapshotId: crypto.randomUUID() }, as(engineer)))).code).toBe('not-found')
  })

  test('says so when what matched is gone before it could be frozen', async () => {
    const { project, engineer, approved } = await open(1)
    const { id } = await invoke(freezeSnapshot, { projectId: project.id, name: 'late' }, as(engineer))
    await invoke(withdrawConversation, { conversationId: approved[0]?.conversationId ?? '', reason: 'consent' }, as(approved[0]?.author ?? null))
    await runFreeze({ snapshotId: id })
    expect(await invoke(getSnapshot, { snapshotId: id }, as(engineer))).toMatchObject({ state: 'failed', failure: { code: 'nothing-to-freeze' } })
  })
})
