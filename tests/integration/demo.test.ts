import { afterAll, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import { closeSender } from '#lib/services/queue.ts'
import { demoConversations } from '../../prisma/seed/content.ts'
import { addConversation } from '../../prisma/seed/conversations.ts'
import { publishFirst, publishSecond } from '../../prisma/seed/guideline.ts'
import { joinAll, makeCast } from '../../prisma/seed/people.ts'
import { buildProject } from '../support/world.ts'

afterAll(closeSender)

test('the demo’s conversations end in the states their file says, and a seed that runs again adds nothing', async () => {
  const { id: projectId } = await buildProject()
  const { cast } = await makeCast()
  await joinAll(projectId, cast)
  const demo = demoConversations()
  const seed = async () => {
    await publishFirst(projectId, cast)
    for (const conversation of demo) await addConversation(projectId, conversation, cast)
    await publishSecond(projectId, cast)
  }
  await seed()
  const made = await db.conversation.findMany({ where: { projectId }, select: { state: true, prompt: { select: { externalId: true } } } })
  const states = new Map(made.map(({ state, prompt }) => [prompt.externalId, state]))
  expect(Object.fromEntries(states)).toEqual(Object.fromEntries(demo.map(({ state, prompt }) => [prompt.externalId, state])))
  const events = await db.auditEvent.count({ where: { chainId: projectId } })
  await seed()
  expect(await db.auditEvent.count({ where: { chainId: projectId } })).toBe(events)
}, 60_000)
