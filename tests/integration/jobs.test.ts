import { afterAll, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import { currentRequestId, withRequestId } from '#lib/request-id.ts'
import { cancelBuild } from '#lib/services/build.ts'
import { endBuild } from '#lib/services/build-run.ts'
import { expireLeases } from '#lib/services/lease.ts'
import { invoke } from '#lib/services/operation.ts'
import { closeSender, enqueue } from '#lib/services/queue.ts'
import { submitReview } from '#lib/services/review.ts'
import { transact } from '#lib/services/transaction.ts'
import { claimWork } from '#lib/services/work.ts'
import { perform } from '#lib/worker/jobs.ts'
import { send, tokenOf } from '../support/http.ts'
import { as, buildProject, buildPrompt, buildSubmission, join } from '../support/world.ts'

afterAll(closeSender)

async function openFreeze() {
  const project = await buildProject()
  const engineer = await join(project.id, 'engineer')
  const labeller = await join(project.id, 'labeller')
  await buildPrompt(project.id)
  const { conversationId, revisionId } = await buildSubmission(project.id, labeller)
  await invoke(submitReview, { conversationId, revisionId, verdict: 'approve' }, as(await join(project.id, 'reviewer')))
  const requestId = `request-${crypto.randomUUID()}`
  const token = await tokenOf(engineer, project.id)
  const headers = { 'x-request-id': requestId }
  const { body } = await send(`/projects/${project.id}/snapshots`, { method: 'POST', token, body: { name: 'all' }, headers })
  const [job] = await db.$queryRaw<{ id: string; data: { requestId: string } }[]>`
    SELECT id, data FROM pgboss.job WHERE name = 'snapshot.freeze' AND singleton_key = ${body.id}`
  return { project, engineer, conversationId, snapshotId: body.id as string, requestId, job: job ?? expect.fail('no job') }
}

const eventsOf = (subjectId: string) => db.auditEvent.findMany({ where: { subjectId }, orderBy: { seq: 'asc' } })

test('the id of a request travels with its job into the audit events of the job', async () => {
  const { project, snapshotId, requestId, job } = await openFreeze()
  expect(job.data).toEqual({ snapshotId, requestId })
  const [asked] = await db.auditEvent.findMany({ where: { chainId: project.id, event: 'snapshot.freeze-requested' } })
  expect(asked).toMatchObject({ requestId, via: 'http' })
  await perform('snapshot.freeze', job, new AbortController().signal)
  expect(await eventsOf(snapshotId)).toMatchObject([
    {
      event: 'snapshot.frozen',
      operation: 'snapshot.freeze',
      action: 'snapshot:freeze',
      requestId,
      via: 'worker',
      actorId: null,
      data: { rowCount: 1 },
    },
  ])
})

test('a freeze that finds nothing any more says so in the audit log too', async () => {
  const { conversationId, snapshotId, requestId, job } = await openFreeze()
  await db.conversation.update({ where: { id: conversationId }, data: { state: 'withdrawn' } })
  await perform('snapshot.freeze', job, new AbortController().signal)
  expect(await eventsOf(snapshotId)).toMatchObject([{ event: 'snapshot.failed', requestId, data: { code: 'nothing-to-freeze' } }])
})

test('a job that arms another passes its id on, and one of an older version is still done', async () => {
  const key = crypto.randomUUID()
  await withRequestId('request-one', () => transact((tx) => enqueue(tx, 'run.submit', { runId: key }, { key })))
  const [job] = await db.$queryRaw<{ id: string; data: object }[]>`SELECT id, data FROM pgboss.job WHERE singleton_key = ${key}`
  expect(job?.data).toEqual({ runId: key, requestId: 'request-one' })
  await expect(perform('run.submit', { id: 'x', data: { runId: key } }, new AbortController().signal)).resolves.toBeUndefined()
  await expect(perform('run.submit', { id: 'x', data: { runId: key, other: 1 } }, new AbortController().signal)).rejects.toThrow(/other/)
  expect(currentRequestId()).toBeUndefined()
})

test('the ends of builds and leases are audited as the worker’s', async () => {
  const { project, engineer, snapshotId, job } = await openFreeze()
  await perform('snapshot.freeze', job, new AbortController().signal)
  const model = await db.model.create({ data: { kind: 'base', name: crypto.randomUUID(), details: {} } })
  const row = { projectId: project.id, snapshotId, modelId: model.id, recipe: {}, recipeHash: 'none', createdById: engineer.userId }
  const build = await db.build.create({ data: row })
  await withRequestId('request-two', () => endBuild(build.id, 'failed', { code: 'disk-full', detail: 'Full.', cure: 'Free some.' }))
  expect(await eventsOf(build.id)).toMatchObject([
    { event: 'build.failed', operation: 'build.run', requestId: 'request-two', via: 'worker', data: { code: 'disk-full' } },
  ])
  const other = await db.build.create({ data: { ...row, state: 'building' } })
  await invoke(cancelBuild, { buildId: other.id }, as(engineer))
  await endBuild(other.id, 'cancelled', null)
  expect((await eventsOf(other.id)).map(({ event }) => event)).toEqual(['build.cancel-requested', 'build.cancelled'])

  await buildPrompt(project.id)
  const lease = await invoke(claimWork, { projectId: project.id }, as(await join(project.id, 'labeller')))
  await db.$executeRaw`UPDATE "assignment" SET "leasedAt" = now() - interval '2 hours', "expiresAt" = now() - interval '1 hour' WHERE id = ${lease.id}::uuid`
  await expireLeases()
  expect(await eventsOf(lease.id)).toMatchObject([{ event: 'assignment.expired', operation: 'leases.expire', via: 'worker', actorId: null }])
})
