// Two who decide at once, with the moment chosen: a lock held by the test keeps the first from ending until the second has begun.
import { expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import { invoke } from '#lib/services/operation.ts'
import { updateProject } from '#lib/services/project.ts'
import { submitReview, withdrawReview } from '#lib/services/review.ts'
import { claimWork } from '#lib/services/work.ts'
import { as, buildProject, buildPrompt, buildSubmission, join } from '../support/world.ts'

/** Resolves when so many statements of this database wait for a lock. */
async function waiting(count: number): Promise<void> {
  for (let found = 0; found < count; ) {
    const [row] = await db.$queryRaw<{ n: number }[]>`
      SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
    found = row?.n ?? 0
  }
}

/** Holds the rows a SELECT … FOR UPDATE names while `work` goes on; what work began ends after they are let go. */
async function holding<T>(select: string, work: () => Promise<T>): Promise<T> {
  return db.$transaction(
    async (tx) => {
      await tx.$queryRawUnsafe(select)
      return work()
    },
    { timeout: 20_000 },
  )
}

test('a verdict taken back twice at once is taken back once, and the approvals are counted right', async () => {
  const project = await buildProject({ requiredApprovals: 2 })
  await buildPrompt(project.id)
  const reviewer = await join(project.id, 'reviewer')
  const { conversationId, revisionId } = await buildSubmission(project.id, await join(project.id, 'labeller'))
  const { reviewId } = await invoke(submitReview, { conversationId, revisionId, verdict: 'approve' }, as(reviewer))
  let outcomes: Promise<PromiseSettledResult<unknown>[]> | undefined
  await holding(`SELECT 1 FROM "conversation" WHERE id = '${conversationId}' FOR UPDATE`, async () => {
    outcomes = Promise.allSettled([1, 2].map(() => invoke(withdrawReview, { reviewId }, as(reviewer))))
    await waiting(2)
  })
  expect((await outcomes)?.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'done')).sort()).toEqual(['done', 'undo-expired'])
  expect(await db.conversation.findUniqueOrThrow({ where: { id: conversationId } })).toMatchObject({ approvals: 0, state: 'submitted' })
})

test('the last two answers of a prompt approved at once close it', async () => {
  const project = await buildProject()
  const prompt = await buildPrompt(project.id, { answersWanted: 2 })
  const submit = async () => {
    const reviewer = as(await join(project.id, 'reviewer'))
    const { conversationId, revisionId } = await buildSubmission(project.id, await join(project.id, 'labeller'))
    return () => invoke(submitReview, { conversationId, revisionId, verdict: 'approve' }, reviewer)
  }
  const approvals = [await submit(), await submit()]
  let verdicts: Promise<unknown[]> | undefined
  // Every commit of the project ends its audit chain: held there, neither has ended while both have done all else.
  await holding(`SELECT 1 FROM "audit_head" WHERE "chainId" = '${project.id}' FOR UPDATE`, async () => {
    verdicts = Promise.all(approvals.map((approve) => approve()))
    await waiting(2)
  })
  await verdicts
  expect((await db.prompt.findUniqueOrThrow({ where: { id: prompt.id } })).state).toBe('closed')
})

test('more approvals are asked for while a verdict is being given: the verdict stands under what was asked before', async () => {
  const project = await buildProject()
  await buildPrompt(project.id)
  const [reviewer, manager] = [await join(project.id, 'reviewer'), await join(project.id, 'manager')]
  const { conversationId, revisionId } = await buildSubmission(project.id, await join(project.id, 'labeller'))
  const lease = await invoke(claimWork, { projectId: project.id, kind: 'review' }, as(reviewer))
  let both: Promise<unknown[]> | undefined
  await holding(`SELECT 1 FROM "assignment" WHERE id = '${lease.id}' FOR UPDATE`, async () => {
    const verdict = invoke(submitReview, { conversationId, revisionId, verdict: 'approve' }, as(reviewer))
    await waiting(1)
    const change = invoke(updateProject, { projectId: project.id, requiredApprovals: 2 }, as(manager))
    both = Promise.all([verdict, change])
    both.catch(() => undefined)
    await Promise.race([change, waiting(2)])
  })
  expect(await both).toMatchObject([{ state: 'approved' }, { requiredApprovals: 2 }])
})
