import { describe, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import type { Person } from '#lib/domain/actor.ts'
import { getConversation, withdrawConversation } from '#lib/services/conversation.ts'
import { saveDraft } from '#lib/services/draft.ts'
import { removeMember, updateMember } from '#lib/services/member.ts'
import { invoke } from '#lib/services/operation.ts'
import { updateProject } from '#lib/services/project.ts'
import { createPrompt, getPrompt, listPrompts } from '#lib/services/prompt.ts'
import { submitReview } from '#lib/services/review.ts'
import { submitConversation } from '#lib/services/submission.ts'
import { claimWork, skipAssignment } from '#lib/services/work.ts'
import { getWorkQueue, listWorkInHand, revokeAssignment, updatePrompts } from '#lib/services/work-queue.ts'
import { as, assistant, buildProject, buildPrompt, buildSubmission, join, refusal, user } from '../support/world.ts'

async function open() {
  const { id: projectId } = await buildProject()
  const manager = await join(projectId, 'manager')
  const [anna, ben] = [await join(projectId, 'labeller'), await join(projectId, 'labeller')]
  const set = (promptIds: string[], change: object) => invoke(updatePrompts, { projectId, promptIds, ...change }, as(manager))
  const good = (person: Person, ...skills: string[]) =>
    invoke(updateMember, { projectId, userId: person.userId, roles: ['labeller'], skills }, as(manager))
  const next = async (person: Person) => (await invoke(claimWork, { projectId }, as(person))).promptId
  const state = async (promptId: string) => (await db.prompt.findUniqueOrThrow({ where: { id: promptId } })).state
  return { projectId, manager, anna, ben, set, good, next, state }
}

describe('who is given what', () => {
  test('a prompt that asks for skills goes to who holds them all, in the order of the queue', async () => {
    const { projectId, anna, ben, set, good, next } = await open()
    const [law, plain] = [await buildPrompt(projectId, { answersWanted: 2 }), await buildPrompt(projectId, { answersWanted: 2 })]
    await set([law.id], { skills: ['  Tax LAW', 'french', 'french'], priority: 5 })
    expect((await db.prompt.findUniqueOrThrow({ where: { id: law.id } })).skills).toEqual(['french', 'tax law'])
    await good(ben, 'french')
    expect(await next(anna)).toBe(plain.id)
    expect(await next(ben)).toBe(plain.id)
    const clara = await join(projectId, 'labeller')
    await good(clara, 'french', 'tax law', 'python')
    expect(await next(clara)).toBe(law.id)
  })

  test('who lacks a skill is told which one work waits for', async () => {
    const { projectId, anna, set, next } = await open()
    const prompt = await buildPrompt(projectId)
    await set([prompt.id], { skills: ['python'] })
    const refused = await refusal(next(anna))
    expect(refused).toMatchObject({ code: 'no-work', data: { lacking: ['python'] } })
    expect(refused.message).toMatch(/python.*manager/)
  })

  test('what is kept for one person comes to them first, whatever their skills, and to nobody else', async () => {
    const { projectId, anna, ben, set, next, manager } = await open()
    const [first, kept] = [await buildPrompt(projectId, { answersWanted: 3 }), await buildPrompt(projectId)]
    await set([kept.id], { assigneeId: ben.userId, skills: ['python'] })
    expect(await next(anna)).toBe(first.id)
    const [item] = (await invoke(listPrompts, { projectId }, as(manager))).items
    expect(item).toMatchObject({ id: kept.id, assignee: { id: ben.userId }, skills: ['python'] })
    const reviewer = await join(projectId, 'reviewer')
    expect((await invoke(getPrompt, { promptId: kept.id }, as(reviewer))).assignee).toBeNull()
    expect(await next(ben)).toBe(kept.id)
  })

  test('it is kept until they take it, or can take it no more', async () => {
    const { projectId, anna, ben, set, next, manager } = await open()
    const [passedOn, left] = [await buildPrompt(projectId), await buildPrompt(projectId)]
    await set([passedOn.id, left.id], { assigneeId: ben.userId })
    const { id: assignmentId } = await invoke(claimWork, { projectId }, as(ben))
    await invoke(skipAssignment, { assignmentId, reason: 'other', comment: 'Not for me.' }, as(ben))
    expect(await next(anna)).toBe(passedOn.id)
    const clara = await join(projectId, 'labeller')
    expect((await refusal(next(clara))).code).toBe('no-work')
    await invoke(updateMember, { projectId, userId: ben.userId, roles: ['engineer'] }, as(manager))
    expect(await next(clara)).toBe(left.id)
    await set([left.id], { assigneeId: anna.userId, answersWanted: 2 })
    await invoke(removeMember, { projectId, userId: anna.userId }, as(manager))
    expect((await db.prompt.findUniqueOrThrow({ where: { id: left.id } })).assigneeId).toBeNull()
  })

  test('nobody is given new prompts beyond what the project wants of one person; own work they finish', async () => {
    const { projectId, manager, anna, ben, next } = await open()
    await invoke(updateProject, { projectId, maxAnswersPerAuthor: 1 }, as(manager))
    for (let count = 0; count < 3; count++) await buildPrompt(projectId)
    const { conversationId } = await buildSubmission(projectId, anna)
    expect(await refusal(next(anna))).toMatchObject({ code: 'no-work', data: { maxAnswers: 1 } })
    const given = await next(ben)
    await invoke(withdrawConversation, { conversationId, reason: 'Not good.' }, as(anna))
    const again = await next(anna)
    expect(again).not.toBe(given)
    // Asked again, it is the same: work in hand is their own.
    expect(await next(anna)).toBe(again)
    await invoke(updateProject, { projectId, maxAnswersPerAuthor: null }, as(manager))
    expect((await db.project.findUniqueOrThrow({ where: { id: projectId } })).maxAnswersPerAuthor).toBeNull()
  })

  test('what they passed on or brought in from elsewhere does not count; of two claims at once one is given', async () => {
    const { projectId, manager, anna } = await open()
    await invoke(updateProject, { projectId, maxAnswersPerAuthor: 1 }, as(manager))
    const prompts = []
    for (let count = 0; count < 4; count++) prompts.push(await buildPrompt(projectId, { answersWanted: 2 }))
    const first = await invoke(claimWork, { projectId }, as(anna))
    const messages = [user('How?'), assistant('A sentence.')]
    await invoke(saveDraft, { conversationId: first.conversationId ?? '', baseVersion: 0, content: { messages, tools: [] } }, as(anna))
    await invoke(skipAssignment, { assignmentId: first.id, reason: 'other', comment: 'No.' }, as(anna))
    // As an import makes them: without a lease.
    await db.conversation.create({ data: { projectId, promptId: prompts[3]?.id ?? '', authorId: anna.userId, holdsSlot: false } })
    const given = await Promise.allSettled([1, 2, 3].map(() => invoke(claimWork, { projectId }, as(anna))))
    const conversations = given.flatMap((each) => (each.status === 'fulfilled' ? [each.value.conversationId] : []))
    expect(conversations.length).toBeGreaterThan(0)
    expect(new Set(conversations).size).toBe(1)
  })

  test('a prompt made for skills keeps them', async () => {
    const { projectId, manager } = await open()
    const made = await invoke(createPrompt, { projectId, messages: [user('Sum?')], skills: ['Maths'] }, as(manager))
    expect(made.skills).toEqual(['maths'])
  })
})

describe('held back', () => {
  test('it is given to nobody until it is given out again; what is in hand goes on', async () => {
    const { projectId, anna, ben, set, next, state } = await open()
    const prompt = await buildPrompt(projectId, { answersWanted: 2 })
    expect(await next(anna)).toBe(prompt.id)
    expect(await set([prompt.id], { isHeld: true })).toEqual({ updated: 1, unchanged: 0 })
    expect(await set([prompt.id], { isHeld: true })).toEqual({ updated: 0, unchanged: 1 })
    expect((await refusal(next(ben))).code).toBe('no-work')
    expect(await next(anna)).toBe(prompt.id)
    await set([prompt.id], { isHeld: false })
    expect(await state(prompt.id)).toBe('open')
    expect(await next(ben)).toBe(prompt.id)
  })

  test('given out again with all its answers approved, it is closed', async () => {
    const { projectId, anna, set, state } = await open()
    const reviewer = await join(projectId, 'reviewer')
    const prompt = await buildPrompt(projectId)
    const { conversationId, revisionId } = await buildSubmission(projectId, anna)
    await set([prompt.id], { isHeld: true })
    await invoke(submitReview, { conversationId, revisionId, verdict: 'approve' }, as(reviewer))
    expect(await state(prompt.id)).toBe('held')
    await set([prompt.id], { isHeld: false })
    expect(await state(prompt.id)).toBe('closed')
  })
})

describe('how many answers', () => {
  test('more open a closed prompt again, fewer close it, and never fewer than there are', async () => {
    const { projectId, anna, ben, set, next, state } = await open()
    const reviewer = await join(projectId, 'reviewer')
    const prompt = await buildPrompt(projectId)
    const { conversationId, revisionId } = await buildSubmission(projectId, anna)
    await invoke(submitReview, { conversationId, revisionId, verdict: 'approve' }, as(reviewer))
    expect(await state(prompt.id)).toBe('closed')
    await set([prompt.id], { answersWanted: 3 })
    expect(await state(prompt.id)).toBe('open')
    expect(await next(ben)).toBe(prompt.id)
    const refused = await refusal(set([prompt.id], { answersWanted: 1 }))
    expect(refused).toMatchObject({ code: 'invalid-input', data: { promptId: prompt.id, taken: 2, issues: [{ path: 'answersWanted' }] } })
    await set([prompt.id], { answersWanted: 2 })
    expect(await db.prompt.findUniqueOrThrow({ where: { id: prompt.id } })).toMatchObject({ state: 'open', openSlots: 0, answersWanted: 2 })
    expect(await db.$queryRaw`SELECT * FROM slot_faults(${projectId}::uuid)`).toEqual([])
  })
})

describe('refusals change nothing', () => {
  test('a prompt of another project, somebody who cannot write here, a comma in a skill', async () => {
    const { projectId, set } = await open()
    const elsewhere = await open()
    const [mine, foreign] = [await buildPrompt(projectId), await buildPrompt(elsewhere.projectId)]
    expect(await refusal(set([mine.id, foreign.id], { priority: 9 }))).toMatchObject({ code: 'not-found', data: { missing: [foreign.id] } })
    const engineer = await join(projectId, 'engineer')
    for (const assigneeId of [elsewhere.anna.userId, engineer.userId])
      expect(await refusal(set([mine.id], { priority: 9, assigneeId }))).toMatchObject({
        code: 'invalid-input',
        data: { issues: [{ path: 'assigneeId' }] },
      })
    expect((await refusal(set([mine.id], { priority: 9, skills: ['a, b'] }))).code).toBe('invalid-input')
    expect((await db.prompt.findUniqueOrThrow({ where: { id: mine.id } })).priority).toBe(0)
  })
})

describe('what a manager sees', () => {
  test('figures, the skills nobody holds, and who has what in hand', async () => {
    const { projectId, manager, anna, ben, set, good, next } = await open()
    const prompts = []
    for (let count = 0; count < 6; count++) prompts.push(await buildPrompt(projectId))
    const ids = prompts.map(({ id }) => id)
    await set(ids.slice(0, 1), { isHeld: true })
    await set(ids.slice(1, 2), { assigneeId: ben.userId })
    await set(ids.slice(2, 4), { skills: ['python', 'sql'] })
    await good(ben, 'sql')
    await buildSubmission(projectId, anna)
    expect(await next(anna)).toBe(ids[5])
    const queue = await invoke(getWorkQueue, { projectId }, as(manager))
    expect(queue.figures).toEqual({ open: 2, kept: 1, held: 1, writing: 1, submitted: 1, escalated: 0 })
    expect(queue.skills).toEqual([
      { skill: 'python', prompts: 2, members: 0 },
      { skill: 'sql', prompts: 2, members: 1 },
    ])
    await next(ben)
    const { items, nextCursor } = await invoke(listWorkInHand, { projectId, limit: 1 }, as(manager))
    expect(items).toMatchObject([{ kind: 'write', assignee: { id: ben.userId } }])
    const rest = await invoke(listWorkInHand, { projectId, cursor: nextCursor ?? '' }, as(manager))
    expect(rest).toMatchObject({ items: [{ assignee: { id: anna.userId } }], nextCursor: null })
    expect((await invoke(listWorkInHand, { projectId, assigneeId: anna.userId }, as(manager))).items).toHaveLength(1)
  })

  test('work taken out of somebody’s hands goes to others, and nothing they write is lost', async () => {
    const { projectId, manager, anna, ben, next } = await open()
    const prompt = await buildPrompt(projectId)
    await next(anna)
    const [held] = (await invoke(listWorkInHand, { projectId }, as(manager))).items
    const conversationId = held?.conversationId ?? ''
    await invoke(revokeAssignment, { assignmentId: held?.id ?? '' }, as(manager))
    expect((await refusal(invoke(revokeAssignment, { assignmentId: held?.id ?? '' }, as(manager)))).code).toBe('illegal-transition')
    expect(await next(ben)).toBe(prompt.id)
    // She was reading it at that moment.
    const messages = [user('How?'), assistant('Like this.')]
    const saved = await invoke(saveDraft, { conversationId, baseVersion: 0, content: { messages, tools: [] } }, as(anna))
    const sent = await invoke(submitConversation, { conversationId, baseVersion: saved.version, content: { messages, tools: [] } }, as(anna))
    expect(sent).toMatchObject({ isLate: true, isExtra: true })
    expect((await invoke(getConversation, { conversationId }, as(anna))).state).toBe('submitted')
    expect(await db.$queryRaw`SELECT * FROM slot_faults(${projectId}::uuid)`).toEqual([])
  })
})
