import { describe, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import { listConversations } from '#lib/services/conversation-list.ts'
import { getDraft, saveDraft } from '#lib/services/draft.ts'
import { getHome } from '#lib/services/home.ts'
import { deleteLapsed, expireLeases } from '#lib/services/lease.ts'
import { invoke } from '#lib/services/operation.ts'
import { submitConversation } from '#lib/services/submission.ts'
import { claimWork, extendAssignment, releaseAssignment, resumeWork } from '#lib/services/work.ts'
import { as, assistant, atOnce, buildProject, buildPrompt, join, refusal, user } from '../support/world.ts'

const endLeaseNow = (id: string) => db.$executeRaw`UPDATE "assignment" SET "expiresAt" = now() - interval '1 second' WHERE id = ${id}::uuid`

describe('leases', () => {
  test('an expired lease is freed, its text kept as the author’s draft, and a late submission becomes an extra candidate', async () => {
    const project = await buildProject()
    const [slow, quick] = [await join(project.id, 'labeller'), await join(project.id, 'labeller')]
    const prompt = await buildPrompt(project.id)
    const late = await invoke(claimWork, { projectId: project.id }, as(slow))
    const conversationId = late.conversationId ?? ''
    const content = { messages: [user('How?'), assistant('Like this.')], tools: [] }
    await invoke(saveDraft, { conversationId, baseVersion: 0, content }, as(slow))
    await endLeaseNow(late.id)
    expect(await expireLeases()).toBeGreaterThan(0)
    const taken = await invoke(claimWork, { projectId: project.id }, as(quick))
    expect(taken.promptId).toBe(prompt.id)
    expect(taken.fencingToken).toBeGreaterThan(late.fencingToken)
    expect((await invoke(getDraft, { conversationId }, as(slow))).content).toEqual(content)
    const submitted = await invoke(submitConversation, { conversationId, baseVersion: 1, content, fencingToken: late.fencingToken }, as(slow))
    expect(submitted).toMatchObject({ isLate: true, isExtra: true, state: 'submitted' })
  })

  test('a late submission takes the slot back while nobody else has it', async () => {
    const project = await buildProject()
    const slow = await join(project.id, 'labeller')
    const prompt = await buildPrompt(project.id)
    const late = await invoke(claimWork, { projectId: project.id }, as(slow))
    const conversationId = late.conversationId ?? ''
    const content = { messages: [user('How?'), assistant('Like this.')], tools: [] }
    await invoke(saveDraft, { conversationId, baseVersion: 0, content }, as(slow))
    await endLeaseNow(late.id)
    await expireLeases()
    expect(await invoke(submitConversation, { conversationId, baseVersion: 1, content }, as(slow))).toMatchObject({ isLate: true, isExtra: false })
    expect((await db.prompt.findUniqueOrThrow({ where: { id: prompt.id } })).openSlots).toBe(0)
  })

  describe('that end before a word was written', () => {
    const content = { messages: [user('How?'), assistant('Like this.')], tools: [] }
    const lapse = async () => {
      const project = await buildProject()
      const slow = await join(project.id, 'labeller')
      const prompt = await buildPrompt(project.id)
      const lease = await invoke(claimWork, { projectId: project.id }, as(slow))
      const conversationId = lease.conversationId ?? ''
      await endLeaseNow(lease.id)
      return { project, slow, prompt, lease, conversationId }
    }
    const openSlots = async (id: string) => (await db.prompt.findUniqueOrThrow({ where: { id } })).openSlots

    test('leave the text open to its author: it is saved and submitted late, and the slot was free meanwhile', async () => {
      const { slow, prompt, lease, conversationId } = await lapse()
      await expireLeases()
      expect(await openSlots(prompt.id)).toBe(1)
      expect((await invoke(saveDraft, { conversationId, baseVersion: 0, content }, as(slow))).version).toBe(1)
      const submitted = await invoke(submitConversation, { conversationId, baseVersion: 1, content, fencingToken: lease.fencingToken }, as(slow))
      expect(submitted).toMatchObject({ isLate: true, isExtra: false })
      expect(await openSlots(prompt.id)).toBe(0)
    })

    test('take a submission that was never saved before', async () => {
      const { slow, conversationId } = await lapse()
      await expireLeases()
      expect(await invoke(submitConversation, { conversationId, baseVersion: 0, content }, as(slow))).toMatchObject({ isLate: true, isExtra: false })
    })

    test('are in no list and not on the home page until something is written', async () => {
      const { project, slow, conversationId } = await lapse()
      const listed = async () => (await invoke(listConversations, { projectId: project.id }, as(slow))).items.map(({ id }) => id)
      const atHome = async () => (await invoke(getHome, { projectId: project.id }, as(slow))).writing?.drafts.map((draft) => draft.conversationId)
      expect([await listed(), await atHome()]).toEqual([[conversationId], [conversationId]])
      await expireLeases()
      expect([await listed(), await atHome()]).toEqual([[], []])
      await invoke(saveDraft, { conversationId, baseVersion: 0, content }, as(slow))
      expect([await listed(), await atHome()]).toEqual([[conversationId], [conversationId]])
    })

    test('come back to their author while the prompt wants an answer, and not once another has it', async () => {
      const { project, slow, prompt, conversationId } = await lapse()
      await expireLeases()
      const again = await invoke(claimWork, { projectId: project.id }, as(slow))
      expect(again.conversationId).toBe(conversationId)
      expect(await openSlots(prompt.id)).toBe(0)
      await endLeaseNow(again.id)
      await expireLeases()
      await invoke(claimWork, { projectId: project.id }, as(await join(project.id, 'labeller')))
      expect((await refusal(invoke(claimWork, { projectId: project.id }, as(slow)))).code).toBe('no-work')
    })

    test('a first save at the moment of expiry is kept', async () => {
      const { slow, conversationId } = await lapse()
      const [save, sweep] = await atOnce<unknown>('draft', conversationId, [
        () => invoke(saveDraft, { conversationId, baseVersion: 0, content }, as(slow)),
        () => expireLeases(),
      ])
      expect([save?.status, sweep?.status]).toEqual(['fulfilled', 'fulfilled'])
      expect((await invoke(getDraft, { conversationId }, as(slow))).content).toEqual(content)
      expect(await db.conversation.findUnique({ where: { id: conversationId } })).toMatchObject({ holdsSlot: false, lapsedAt: null })
    })

    test('are deleted after a week if still untouched, and not an hour before', async () => {
      const [left, written, fresh] = [await lapse(), await lapse(), await lapse()]
      await expireLeases()
      await invoke(saveDraft, { conversationId: written.conversationId, baseVersion: 0, content }, as(written.slow))
      const age = (id: string, hours: number) =>
        db.$executeRaw`UPDATE "conversation" SET "lapsedAt" = now() - make_interval(hours => ${hours}::int) WHERE id = ${id}::uuid`
      await age(left.conversationId, 7 * 24 + 1)
      // A mark that should not be there must not cost a text.
      await age(written.conversationId, 7 * 24 + 1)
      await age(fresh.conversationId, 7 * 24 - 1)
      await deleteLapsed()
      const exists = (id: string) => db.conversation.count({ where: { id } })
      expect([await exists(left.conversationId), await exists(written.conversationId), await exists(fresh.conversationId)]).toEqual([0, 1, 1])
      await age(fresh.conversationId, 7 * 24 + 1)
      const [save] = await atOnce<unknown>('draft', fresh.conversationId, [
        () => invoke(saveDraft, { conversationId: fresh.conversationId, baseVersion: 0, content }, as(fresh.slow)),
      ])
      expect(save?.status).toBe('fulfilled')
      await deleteLapsed()
      expect(await exists(fresh.conversationId)).toBe(1)
    })

    test('a draft given back while its first words are being saved keeps them', async () => {
      const project = await buildProject()
      const labeller = await join(project.id, 'labeller')
      await buildPrompt(project.id)
      const lease = await invoke(claimWork, { projectId: project.id }, as(labeller))
      const conversationId = lease.conversationId ?? ''
      const outcomes = await atOnce<unknown>('draft', conversationId, [
        () => invoke(saveDraft, { conversationId, baseVersion: 0, content }, as(labeller)),
        () => invoke(releaseAssignment, { assignmentId: lease.id }, as(labeller)),
      ])
      // Whichever came first: what was acknowledged is there.
      if (outcomes[0]?.status === 'fulfilled') expect((await invoke(getDraft, { conversationId }, as(labeller))).content).toEqual(content)
      else expect(outcomes[0]?.reason.code).toBe('not-found')
    })
  })

  test('taking a draft up again takes a slot while one is free; while none is, its author may finish as an extra', async () => {
    const project = await buildProject()
    const [slow, quick] = [await join(project.id, 'labeller'), await join(project.id, 'labeller')]
    const prompt = await buildPrompt(project.id)
    const first = await invoke(claimWork, { projectId: project.id }, as(slow))
    const conversationId = first.conversationId ?? ''
    const holdsSlot = async () => (await db.conversation.findUniqueOrThrow({ where: { id: conversationId } })).holdsSlot
    const openSlots = async () => (await db.prompt.findUniqueOrThrow({ where: { id: prompt.id } })).openSlots
    await invoke(saveDraft, { conversationId, baseVersion: 0, content: { messages: [user('How?')], tools: [] } }, as(slow))
    await endLeaseNow(first.id)
    await expireLeases()
    expect([await holdsSlot(), await openSlots()]).toEqual([false, 1])
    const second = await invoke(resumeWork, { conversationId }, as(slow))
    expect([await holdsSlot(), await openSlots()]).toEqual([true, 0])
    expect((await refusal(invoke(claimWork, { projectId: project.id }, as(quick)))).code).toBe('no-work')
    await endLeaseNow(second.id)
    await expireLeases()
    const other = await invoke(claimWork, { projectId: project.id }, as(quick))
    expect((await invoke(claimWork, { projectId: project.id }, as(slow))).conversationId).toBe(conversationId)
    expect([await holdsSlot(), await openSlots()]).toEqual([false, 0])
    await invoke(releaseAssignment, { assignmentId: other.id }, as(quick))
    expect(await openSlots()).toBe(1)
  })

  test('a lease whose time is over blocks nobody while the worker is down', async () => {
    const project = await buildProject()
    const [slow, quick] = [await join(project.id, 'labeller'), await join(project.id, 'labeller')]
    await buildPrompt(project.id)
    const late = await invoke(claimWork, { projectId: project.id }, as(slow))
    const conversationId = late.conversationId ?? ''
    await invoke(saveDraft, { conversationId, baseVersion: 0, content: { messages: [user('How?')], tools: [] } }, as(slow))
    await endLeaseNow(late.id)
    // Its author claims, and gets it back under a new lease.
    const again = await invoke(claimWork, { projectId: project.id }, as(slow))
    expect(again.conversationId).toBe(conversationId)
    expect(again.fencingToken).toBeGreaterThan(late.fencingToken)
    await endLeaseNow(again.id)
    const resumed = await invoke(resumeWork, { conversationId }, as(slow))
    expect(resumed.fencingToken).toBeGreaterThan(again.fencingToken)
    expect(resumed.expiresAt.getTime()).toBeGreaterThan(resumed.leasedAt.getTime())
    await endLeaseNow(resumed.id)
    // Somebody else claims, and gets the slot.
    expect((await invoke(claimWork, { projectId: project.id }, as(quick))).promptId).toBe(late.promptId)
  })

  test('a stale fencing token does not submit', async () => {
    const project = await buildProject()
    const labeller = await join(project.id, 'labeller')
    await buildPrompt(project.id)
    const old = await invoke(claimWork, { projectId: project.id }, as(labeller))
    const conversationId = old.conversationId ?? ''
    const content = { messages: [user('How?'), assistant('Like this.')], tools: [] }
    await invoke(saveDraft, { conversationId, baseVersion: 0, content }, as(labeller))
    await endLeaseNow(old.id)
    await expireLeases()
    await invoke(resumeWork, { conversationId }, as(labeller))
    expect(
      (await refusal(invoke(submitConversation, { conversationId, baseVersion: 1, content, fencingToken: old.fencingToken }, as(labeller)))).code,
    ).toBe('lease-lost')
  })

  test('extends a live lease and refuses an ended one', async () => {
    const project = await buildProject({ leaseMinutes: 5 })
    const labeller = await join(project.id, 'labeller')
    await buildPrompt(project.id)
    const lease = await invoke(claimWork, { projectId: project.id }, as(labeller))
    await db.$executeRaw`UPDATE "assignment" SET "expiresAt" = now() + interval '10 seconds' WHERE id = ${lease.id}::uuid`
    const extended = await invoke(extendAssignment, { assignmentId: lease.id }, as(labeller))
    expect(extended.expiresAt.getTime()).toBeGreaterThan(lease.leasedAt.getTime() + 4 * 60_000)
    await endLeaseNow(lease.id)
    expect((await refusal(invoke(extendAssignment, { assignmentId: lease.id }, as(labeller)))).code).toBe('lease-lost')
  })

  test('nobody else ends or extends a lease', async () => {
    const project = await buildProject()
    const [holder, other] = [await join(project.id, 'labeller'), await join(project.id, 'labeller', 'manager')]
    await buildPrompt(project.id)
    const lease = await invoke(claimWork, { projectId: project.id }, as(holder))
    expect((await refusal(invoke(extendAssignment, { assignmentId: lease.id }, as(other)))).code).toBe('not-found')
  })
})
