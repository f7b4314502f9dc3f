// Makes the demo project through the same operations people use. Cut off in the middle, the next run goes on.
import { renameSync, writeFileSync } from 'node:fs'
import { closeDatabase, db } from '#lib/db.ts'
import { publicAddress } from '#lib/env.ts'
import { home } from '#lib/home.ts'
import { setProjectChecks } from '#lib/services/check.ts'
import { DEMO_SLUG } from '#lib/services/demo-build.ts'
import { invoke } from '#lib/services/operation.ts'
import { createProject } from '#lib/services/project.ts'
import { closeSender } from '#lib/services/queue.ts'
import { freezeSnapshot } from '#lib/services/snapshot.ts'
import { runFreeze } from '#lib/services/snapshot-freeze.ts'
import { transact } from '#lib/services/transaction.ts'
import { CHINESE_TRAINING_TAG, DEMO_CHECKS, demoConversations, demoPrompts, trainingConversations } from './content.ts'
import { addConversation, addPrompt } from './conversations.ts'
import { publishFirst, publishSecond } from './guideline.ts'
import { as, type Cast, joinAll, makeCast } from './people.ts'

const SNAPSHOT = 'demo-1'

async function ensureProject(cast: Cast): Promise<string> {
  const present = await db.project.findUnique({ where: { slug: DEMO_SLUG } })
  if (present) return present.id
  const { id } = await invoke(
    createProject,
    { name: 'Demo', description: 'Juniper, a small assistant that says what it is and what it does not know.' },
    as(cast.manager),
  )
  await invoke(setProjectChecks, { projectId: id, checks: DEMO_CHECKS }, as(cast.manager))
  return id
}

async function ensurePrompts(projectId: string, cast: Cast): Promise<void> {
  const known = new Set((await db.prompt.findMany({ where: { projectId }, select: { externalId: true } })).map((row) => row.externalId))
  for (const prompt of demoPrompts()) if (!known.has(prompt.externalId)) await addPrompt(projectId, prompt, cast)
}

async function ensureSnapshot(projectId: string, cast: Cast): Promise<void> {
  if (await db.snapshot.findUnique({ where: { projectId_name: { projectId, name: SNAPSHOT } } })) return
  const { id } = await invoke(
    freezeSnapshot,
    {
      projectId,
      name: SNAPSHOT,
      // The bundled base model reads English; what these rows do to it is not measured. Another snapshot may take them.
      query: { excludeTags: [CHINESE_TRAINING_TAG] },
      shares: { train: 0.95, validation: 0.05, test: 0 },
    },
    as(cast.engineer),
  )
  await runFreeze({ snapshotId: id })
}

/** Written by rename, and before the database says that the demo is complete: nobody else will know these passwords. */
function writeAccounts(accounts: object[]): void {
  const temporary = `${home.demo}.new`
  writeFileSync(temporary, `${JSON.stringify({ address: publicAddress, accounts }, null, 2)}\n`, { mode: 0o600 })
  renameSync(temporary, home.demo)
}

const MARK = 'demo-project'

/**
 * Says in the database that the demo is being made, before the first of its people is there.
 * @throws Error where anybody else is: an instance in use gets no accounts it did not ask for.
 */
async function begin(): Promise<void> {
  await transact(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('exemplar set-up'))`
    const mark = await tx.systemTask.findUnique({ where: { key: MARK } })
    if (mark?.state === 'making') return
    if (mark || (await tx.user.findFirst({ select: { id: true } })))
      throw new Error('The database already holds accounts; the demo is made only in an empty one.')
    await tx.systemTask.create({ data: { key: MARK, state: 'making' } })
  })
}

async function main(): Promise<void> {
  await begin()
  const { cast, accounts } = await makeCast()
  const projectId = await ensureProject(cast)
  await joinAll(projectId, cast)
  await publishFirst(projectId, cast)
  const conversations = [...trainingConversations(), ...demoConversations()]
  for (const conversation of conversations) await addConversation(projectId, conversation, cast)
  await publishSecond(projectId, cast)
  await ensurePrompts(projectId, cast)
  await ensureSnapshot(projectId, cast)
  writeAccounts(accounts)
  await db.systemTask.update({ where: { key: MARK }, data: { state: 'ready', updatedAt: new Date() } })
}

await main()
await closeSender()
await closeDatabase()
process.exit(0)
