import { expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import { listAuditEvents, verifyAudit } from '#lib/services/audit-log.ts'
import { invoke } from '#lib/services/operation.ts'
import { updateProject } from '#lib/services/project.ts'
import { as, buildPerson, buildProject, join, refusal } from '../support/world.ts'

async function openChain(events = 5) {
  const project = await buildProject()
  const manager = await join(project.id, 'manager')
  for (let made = 0; made < events; made++) await invoke(updateProject, { projectId: project.id, description: `change ${made}` }, as(manager))
  return { projectId: project.id, manager, verify: () => invoke(verifyAudit, { projectId: project.id }, as(manager)) }
}

/** As the owner of the tables could, who need not be a superuser: the triggers that forbid it are switched off for the statement. */
async function tamper(sql: string) {
  const steps = ['ALTER TABLE "audit_event" DISABLE TRIGGER USER', sql, 'ALTER TABLE "audit_event" ENABLE TRIGGER USER']
  await db.$transaction(steps.map((step) => db.$executeRawUnsafe(step)))
}

test('a chain nobody touched verifies, and an empty one too', async () => {
  const { verify } = await openChain()
  expect(await verify()).toEqual({ isIntact: true, events: 5, fault: null })
  expect(await (await openChain(0)).verify()).toEqual({ isIntact: true, events: 0, fault: null })
})

test.each([
  [
    'an entry whose content was altered',
    (id: string) => `UPDATE "audit_event" SET data = '{"changed":{}}' WHERE "chainId" = '${id}' AND seq = 3`,
    { seq: 3, kind: 'altered' },
  ],
  ['an entry that was deleted', (id: string) => `DELETE FROM "audit_event" WHERE "chainId" = '${id}' AND seq = 2`, { seq: 3, kind: 'gap' }],
  ['the first entry that was deleted', (id: string) => `DELETE FROM "audit_event" WHERE "chainId" = '${id}' AND seq = 1`, { seq: 2, kind: 'gap' }],
  [
    'entries cut off at the end',
    (id: string) => `DELETE FROM "audit_event" WHERE "chainId" = '${id}' AND seq > 3`,
    { seq: 5, kind: 'head-mismatch' },
  ],
  [
    'an entry altered together with its own hash',
    (id: string) => `WITH changed AS (SELECT "chainId", seq FROM "audit_event" WHERE "chainId" = '${id}' AND seq = 3)
      UPDATE "audit_event" e SET via = 'seed', hash = encode(sha256(convert_to(audit_event_payload((SELECT f FROM (SELECT e."chainId", e.seq, e.event, e.operation, e.action, e."actorId", e."subjectId", e."requestId", 'seed'::text, e.data, e.at, e."previousHash", e.hash) AS v,
      LATERAL (SELECT (v.*)::"audit_event") AS g(f))), 'UTF8')), 'hex') FROM changed c WHERE e."chainId" = c."chainId" AND e.seq = c.seq`,
    { seq: 4, kind: 'unlinked' },
  ],
])('%s is found and named', async (_, sql, fault) => {
  const { projectId, verify } = await openChain()
  await tamper(sql(projectId))
  expect(await verify()).toMatchObject({ isIntact: false, fault })
})

test('events are listed newest first, in keyset pages without gaps, with the name of who did it', async () => {
  const { projectId, manager } = await openChain()
  const seen: number[] = []
  let cursor: string | undefined
  do {
    const page = await invoke(listAuditEvents, { projectId, limit: 2, ...(cursor ? { cursor } : {}) }, as(manager))
    seen.push(...page.items.map(({ seq }) => seq))
    expect(page.items[0]).toMatchObject({ event: 'project.updated', operation: 'updateProject', actorId: manager.userId, via: 'test' })
    expect(page.items[0]?.actorName).toBeTruthy()
    cursor = page.nextCursor ?? undefined
  } while (cursor)
  expect(seen).toEqual([5, 4, 3, 2, 1])
})

test('a manager reads the log of their project, an admin every log, and only an admin that of the instance', async () => {
  const { projectId, manager } = await openChain(1)
  const admin = as(await buildPerson({ isAdmin: true }))
  expect((await invoke(listAuditEvents, { projectId }, admin)).items).toHaveLength(1)
  expect(await invoke(verifyAudit, {}, admin)).toMatchObject({ isIntact: true })
  expect((await refusal(invoke(listAuditEvents, {}, as(manager)))).code).toBe('forbidden')
  expect((await refusal(invoke(listAuditEvents, { projectId }, as(await join(projectId, 'reviewer'))))).code).toBe('forbidden')
  expect((await refusal(invoke(listAuditEvents, { projectId }, as(await buildPerson())))).code).toBe('not-found')
})
