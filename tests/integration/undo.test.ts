import { describe, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import { getConversation } from '#lib/services/conversation.ts'
import { invoke } from '#lib/services/operation.ts'
import { adjudicateConversation, submitReview, withdrawReview } from '#lib/services/review.ts'
import { claimWork } from '#lib/services/work.ts'
import { ruling } from '../support/scene.ts'
import { cited, openSubmission as open } from '../support/submission.ts'
import { as, atOnce, join, refusal } from '../support/world.ts'

describe('undo and escalation', () => {
  test.each(['approve', 'reject', 'request-changes', 'escalate'] as const)('%s can be taken back until somebody built on it', async (word) => {
    const { verdict, reviewer, messageId } = await open()
    const { reviewId } = await invoke(submitReview, { ...verdict, verdict: word, comments: [cited(await messageId())] }, as(reviewer))
    expect(await invoke(withdrawReview, { reviewId }, as(reviewer))).toMatchObject({ state: 'submitted' })
    const row = await db.conversation.findUniqueOrThrow({ where: { id: verdict.conversationId }, include: { prompt: true } })
    expect(row).toMatchObject({ approvals: 0, holdsSlot: true, prompt: { state: 'open', openSlots: 0 } })
    expect((await refusal(invoke(withdrawReview, { reviewId }, as(reviewer)))).code).toBe('undo-expired')
    expect((await invoke(submitReview, { ...verdict, verdict: 'approve' }, as(reviewer))).state).toBe('approved')
  })

  test('asked twice at the same moment, it is taken back once', async () => {
    const { verdict, reviewer } = await open({ requiredApprovals: 2 })
    const { reviewId } = await invoke(submitReview, { ...verdict, verdict: 'approve' }, as(reviewer))
    const ask = () => invoke(withdrawReview, { reviewId }, as(reviewer))
    const outcomes = await atOnce('conversation', verdict.conversationId, [ask, ask])
    expect(outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []))).toEqual(['undo-expired'])
    expect((await db.conversation.findUniqueOrThrow({ where: { id: verdict.conversationId } })).approvals).toBe(0)
  })

  test.each(['approve', 'reject'] as const)(
    'a decision to %s an escalated one goes back to escalated, and the same manager decides again',
    async (word) => {
      const { project, verdict, reviewer, messageId } = await open({ requiredApprovals: 2 })
      const judge = await join(project.id, 'manager')
      await invoke(submitReview, { ...verdict, verdict: 'escalate', summary: 'Is this harmful?' }, as(reviewer))
      const comments = [cited(await messageId())]
      const { reviewId } = await invoke(adjudicateConversation, { ...verdict, verdict: word, comments, ruling: ruling('kept') }, as(judge))
      expect((await invoke(withdrawReview, { reviewId }, as(judge))).state).toBe('escalated')
      const row = await db.conversation.findUniqueOrThrow({ where: { id: verdict.conversationId }, include: { prompt: true } })
      expect(row).toMatchObject({ state: 'escalated', approvals: 0, holdsSlot: true, prompt: { state: 'open', openSlots: 0 } })
      const seen = await invoke(getConversation, { conversationId: verdict.conversationId }, as(judge))
      expect(seen.abilities).toMatchObject({ review: false, adjudicate: true })
      expect(seen.reviews.map((review) => review.reviewer.alias)).toEqual(['B', 'C'])
      expect((await invoke(adjudicateConversation, { ...verdict, verdict: 'approve', ruling: ruling('kept') }, as(judge))).state).toBe('approved')
    },
  )

  test('not once the author went on, and not by another person', async () => {
    const { project, verdict, reviewer, author, messageId } = await open()
    const { reviewId } = await invoke(submitReview, { ...verdict, verdict: 'request-changes', comments: [cited(await messageId())] }, as(reviewer))
    expect((await refusal(invoke(withdrawReview, { reviewId }, as(await join(project.id, 'reviewer'))))).code).toBe('not-found')
    await invoke(claimWork, { projectId: project.id }, as(author))
    expect((await refusal(invoke(withdrawReview, { reviewId }, as(reviewer)))).code).toBe('undo-expired')
  })

  test('who escalates says why, in the summary or in a comment', async () => {
    const { verdict, reviewer, messageId } = await open()
    const escalate = (more: object) => invoke(submitReview, { ...verdict, verdict: 'escalate', ...more }, as(reviewer))
    expect(await refusal(escalate({}))).toMatchObject({ code: 'reason-required', message: expect.stringContaining('Say why') })
    expect((await refusal(escalate({ summary: ' \n ' }))).code).toBe('reason-required')
    expect(await db.review.count({ where: { conversationId: verdict.conversationId } })).toBe(0)
    const { reviewId } = await escalate({ comments: [cited(await messageId())] })
    await invoke(withdrawReview, { reviewId }, as(reviewer))
    expect(await escalate({ summary: 'Is this harmful?' })).toMatchObject({ state: 'escalated' })
  })

  test('an escalation can be withdrawn by its author, and is decided by a manager who neither wrote nor judged it', async () => {
    const { project, verdict, author, reviewer } = await open({ requiredApprovals: 2 })
    const judge = await join(project.id, 'manager')
    await invoke(submitReview, { ...verdict, verdict: 'escalate', summary: 'Is this harmful?' }, as(reviewer))
    const { abilities } = await invoke(getConversation, { conversationId: verdict.conversationId }, as(author))
    expect(abilities).toMatchObject({ withdraw: true, write: false })
    await db.membership.update({
      where: { projectId_userId: { projectId: project.id, userId: reviewer.userId } },
      data: { roles: ['reviewer', 'manager'] },
    })
    expect((await refusal(invoke(adjudicateConversation, { ...verdict, verdict: 'approve' }, as(reviewer)))).code).toBe('forbidden')
    expect((await refusal(invoke(adjudicateConversation, { ...verdict, verdict: 'reject' }, as(judge)))).code).toBe('ruling-required')
    expect(await invoke(adjudicateConversation, { ...verdict, verdict: 'approve', ruling: ruling('kept') }, as(judge))).toMatchObject({
      state: 'approved',
    })
  })
})
