import { describe, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import { saveDraft } from '#lib/services/draft.ts'
import { getHome } from '#lib/services/home.ts'
import { expireLeases } from '#lib/services/lease.ts'
import { invoke } from '#lib/services/operation.ts'
import { submitReview } from '#lib/services/review.ts'
import { submitConversation } from '#lib/services/submission.ts'
import { claimWork, resumeWork, skipAssignment } from '#lib/services/work.ts'
import { cited, openSubmission as open, resubmit } from '../support/submission.ts'
import { as, assistant, buildGuideline, buildProject, buildPrompt, buildSubmission, join, refusal, user } from '../support/world.ts'

describe('over rounds', () => {
  test('stays returned once opened: first in the claim, at the top of the home page, with the reviewer’s comment', async () => {
    const { project, author, reviewer, verdict, messageId } = await open()
    await buildPrompt(project.id)
    const other = await invoke(claimWork, { projectId: project.id }, as(author))
    await invoke(
      saveDraft,
      { conversationId: other.conversationId ?? '', baseVersion: 0, content: { messages: [user('Half')], tools: [] } },
      as(author),
    )
    await db.$executeRaw`UPDATE "assignment" SET "expiresAt" = now() - interval '1 second' WHERE id = ${other.id}::uuid`
    await expireLeases()
    await invoke(submitReview, { ...verdict, verdict: 'request-changes', comments: [cited(await messageId())] }, as(reviewer))
    const opened = await invoke(resumeWork, { conversationId: verdict.conversationId }, as(author))
    const home = (await invoke(getHome, { projectId: project.id }, as(author))).writing
    expect(home?.returned).toMatchObject([{ conversationId: verdict.conversationId, comments: 1, comment: { body: 'Nobody can know this.' } }])
    expect(home?.drafts.map((draft) => draft.conversationId)).toEqual([other.conversationId])
    await db.$executeRaw`UPDATE "assignment" SET "expiresAt" = now() - interval '1 second' WHERE id = ${opened.id}::uuid`
    await expireLeases()
    expect((await invoke(claimWork, { projectId: project.id }, as(author))).conversationId).toBe(verdict.conversationId)
  })

  test('home and claim agree: whatever is open, the next piece of work is the first of the list', async () => {
    const { project, author, reviewer, verdict } = await open()
    const conversations = [verdict]
    for (let number = 0; number < 2; number++) {
      await buildPrompt(project.id)
      conversations.push(await buildSubmission(project.id, author))
    }
    const told = { body: 'Say so.', severity: 'major' as const, rule: 'truthful/unknown' }
    // Returned in another order than they were sent in.
    for (const { conversationId, revisionId } of [conversations[1], conversations[2], conversations[0]].flatMap((each) => each ?? []))
      await invoke(submitReview, { conversationId, revisionId, verdict: 'request-changes', comments: [told] }, as(reviewer))
    for (let number = 0; number < 2; number++) await buildPrompt(project.id)
    const homeOf = async () => {
      const { returned = [], drafts = [] } = (await invoke(getHome, { projectId: project.id }, as(author))).writing ?? {}
      return [...returned, ...drafts].map(({ conversationId }) => conversationId)
    }
    const claimed = async () => (await invoke(claimWork, { projectId: project.id }, as(author))).conversationId
    const ids = [conversations[1], conversations[2], conversations[0]].map((each) => each?.conversationId)
    expect(await homeOf()).toEqual(ids)
    expect(await claimed()).toBe(ids[0])
    // Opened, it stays the first; so it does when another one is opened by its address, and when a lease ends.
    expect(await homeOf()).toEqual(ids)
    await invoke(resumeWork, { conversationId: ids[2] ?? '' }, as(author))
    expect(await claimed()).toBe(ids[0])
    await db.$executeRaw`UPDATE "assignment" SET "expiresAt" = now() - interval '1 second' WHERE "conversationId" = ${ids[0]}::uuid`
    await expireLeases()
    expect(await claimed()).toBe(ids[0])
    // Passed on, it goes to the end of the list, and the next is given.
    const { id: assignmentId } = await invoke(claimWork, { projectId: project.id }, as(author))
    await invoke(skipAssignment, { assignmentId, reason: 'not-my-field' }, as(author))
    expect(await homeOf()).toEqual([ids[1], ids[2], ids[0]])
    for (const expected of [ids[1], ids[2]]) {
      expect(await claimed()).toBe(expected)
      await resubmit(project.id, author)
    }
    // Drafts: the newest first, and no new prompt while there is one.
    const first = await invoke(claimWork, { projectId: project.id }, as(author))
    const second = await invoke(claimWork, { projectId: project.id, except: [first.conversationId ?? ''] }, as(author))
    expect(await homeOf()).toEqual([ids[0], second.conversationId, first.conversationId])
    expect(await claimed()).toBe(second.conversationId)
  })

  test('work once skipped and sent in later is offered to its author again when it is returned', async () => {
    const project = await buildProject()
    await buildGuideline(project.id)
    await buildPrompt(project.id)
    const [author, reviewer] = [await join(project.id, 'labeller'), await join(project.id, 'reviewer')]
    const lease = await invoke(claimWork, { projectId: project.id }, as(author))
    const conversationId = lease.conversationId ?? ''
    const content = { messages: [user('Where?'), assistant('There.')], tools: [] }
    await invoke(saveDraft, { conversationId, baseVersion: 0, content }, as(author))
    await invoke(skipAssignment, { assignmentId: lease.id, reason: 'unclear-prompt' }, as(author))
    expect((await refusal(invoke(claimWork, { projectId: project.id }, as(author)))).code).toBe('no-work')
    await invoke(resumeWork, { conversationId }, as(author))
    const { revisionId } = await invoke(submitConversation, { conversationId, baseVersion: 1, content }, as(author))
    const comments = [{ body: 'Say where.', severity: 'minor' as const, rule: 'truthful/unknown' }]
    await invoke(submitReview, { conversationId, revisionId, verdict: 'request-changes', comments }, as(reviewer))
    expect((await invoke(claimWork, { projectId: project.id }, as(author))).conversationId).toBe(conversationId)
  })

  test('a reviewer’s lease whose time is over blocks nobody while the worker is down', async () => {
    const { project, submission } = await open()
    const [one, two] = [await join(project.id, 'reviewer'), await join(project.id, 'reviewer')]
    const input = { projectId: project.id, kind: 'review' as const }
    const lease = await invoke(claimWork, input, as(one))
    await db.$executeRaw`UPDATE "assignment" SET "expiresAt" = now() - interval '1 second' WHERE id = ${lease.id}::uuid`
    expect((await invoke(claimWork, input, as(two))).conversationId).toBe(submission.conversationId)
    expect((await db.assignment.findUniqueOrThrow({ where: { id: lease.id } })).state).toBe('expired')
  })

  test('what a reviewer passed on is not offered to them in the next round either', async () => {
    const { project, author, reviewer, verdict, messageId } = await open()
    const passing = await join(project.id, 'reviewer')
    const input = { projectId: project.id, kind: 'review' as const }
    const lease = await invoke(claimWork, input, as(passing))
    await invoke(skipAssignment, { assignmentId: lease.id, reason: 'not-my-field' }, as(passing))
    await invoke(submitReview, { ...verdict, verdict: 'request-changes', comments: [cited(await messageId())] }, as(reviewer))
    await resubmit(project.id, author)
    expect((await refusal(invoke(claimWork, input, as(passing)))).code).toBe('no-work')
    expect((await invoke(claimWork, input, as(reviewer))).conversationId).toBe(verdict.conversationId)
  })
})
