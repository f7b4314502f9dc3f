import { describe, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import type { Person } from '#lib/domain/actor.ts'
import { getAgreement } from '#lib/services/agreement.ts'
import { getConversation, withdrawConversation } from '#lib/services/conversation.ts'
import { getHome } from '#lib/services/home.ts'
import { expireLeases } from '#lib/services/lease.ts'
import { invoke } from '#lib/services/operation.ts'
import { adjudicateConversation, fixConversation, submitReview, withdrawReview } from '#lib/services/review.ts'
import { claimAdjudicationOf } from '#lib/services/review-lease.ts'
import { claimWork, extendAssignment, releaseAssignment, skipAssignment } from '#lib/services/work.ts'
import { ruling } from '../support/scene.ts'
import { openEscalation as open } from '../support/submission.ts'
import { as, assistant, atOnce, buildGuideline, buildProject, buildPrompt, buildSubmission, join, refusal, user } from '../support/world.ts'

const claim = (projectId: string, person: Person, except: string[] = []) => invoke(claimWork, { projectId, kind: 'adjudicate', except }, as(person))

describe('the queue of escalations', () => {
  test('gives one to one manager at a time, the same again, and to the next when it is over', async () => {
    const { project, verdict, judge } = await open()
    const other = await join(project.id, 'manager')
    const lease = await claim(project.id, judge)
    expect(lease).toMatchObject({ kind: 'adjudicate', ...verdict })
    expect((await claim(project.id, judge)).id).toBe(lease.id)
    expect(await refusal(claim(project.id, other))).toMatchObject({ code: 'no-work', message: 'No escalation is waiting for your decision.' })
    expect((await refusal(invoke(claimAdjudicationOf, { conversationId: verdict.conversationId }, as(other)))).code).toBe('lease-lost')
    const decision = { ...verdict, verdict: 'approve' as const, ruling: ruling('kept') }
    expect((await refusal(invoke(adjudicateConversation, decision, as(other)))).code).toBe('lease-lost')
    await db.assignment.update({ where: { id: lease.id }, data: { expiresAt: new Date(Date.now() - 1000) } })
    const later = await claim(project.id, other)
    expect(later.fencingToken).toBeGreaterThan(lease.fencingToken)
    expect((await db.assignment.findUniqueOrThrow({ where: { id: lease.id } })).state).toBe('expired')
    await invoke(adjudicateConversation, decision, as(other))
    expect((await db.assignment.findUniqueOrThrow({ where: { id: later.id } })).state).toBe('done')
  })

  test('never gives it to its author, its editor, an earlier reviewer or who is no manager; who took a decision back is asked again', async () => {
    const project = await buildProject()
    await buildGuideline(project.id)
    await buildPrompt(project.id)
    const [author, editor, reviewer, judge] = [
      await join(project.id, 'labeller', 'manager'),
      await join(project.id, 'manager'),
      await join(project.id, 'reviewer', 'manager'),
      await join(project.id, 'manager'),
    ]
    const { conversationId, revisionId } = await buildSubmission(project.id, author)
    const content = { messages: [user('Capital?'), assistant('I do not know that.')], tools: [] }
    const fixed = await invoke(fixConversation, { conversationId, revisionId, content }, as(editor))
    const newest = { conversationId, revisionId: fixed.revisionId }
    await invoke(submitReview, { ...newest, verdict: 'escalate', summary: 'Is it?' }, as(reviewer))
    for (const person of [author, editor, reviewer]) {
      expect((await refusal(claim(project.id, person))).code).toBe('no-work')
      expect((await refusal(invoke(claimAdjudicationOf, { conversationId }, as(person)))).code).toBe('forbidden')
      expect((await invoke(getHome, { projectId: project.id }, as(person))).adjudicating).toEqual({ waiting: 0, oldest: [] })
    }
    const outsider = await join(project.id, 'reviewer')
    expect((await refusal(claim(project.id, outsider))).code).toBe('forbidden')
    expect((await invoke(getHome, { projectId: project.id }, as(outsider))).adjudicating).toBeNull()
    const { reviewId } = await invoke(adjudicateConversation, { ...newest, verdict: 'approve', ruling: ruling('kept') }, as(judge))
    await invoke(withdrawReview, { reviewId }, as(judge))
    expect((await claim(project.id, judge)).conversationId).toBe(conversationId)
  })

  test('home promises what claiming gives, the longest escalated first; what was skipped is not offered again', async () => {
    const { project, reviewer, judge, verdict } = await open()
    const escalate = async () => {
      await buildPrompt(project.id)
      const { conversationId, revisionId } = await buildSubmission(project.id, await join(project.id, 'labeller'))
      await invoke(submitReview, { conversationId, revisionId, verdict: 'escalate', summary: 'And this?' }, as(reviewer))
      return conversationId
    }
    const waiting = [verdict.conversationId, await escalate(), await escalate()]
    const home = async () => (await invoke(getHome, { projectId: project.id }, as(judge))).adjudicating
    expect((await home())?.oldest.map(({ conversationId }) => conversationId)).toEqual(waiting)
    const given: string[] = []
    for (const _ of waiting) given.push((await claim(project.id, judge, given)).conversationId ?? '')
    expect(given).toEqual(waiting)
    const lease = await invoke(claimAdjudicationOf, { conversationId: waiting[0] ?? '' }, as(judge))
    await invoke(skipAssignment, { assignmentId: lease.id, reason: 'not-my-field' }, as(judge))
    expect((await home())?.waiting).toBe(2)
    expect((await invoke(extendAssignment, { assignmentId: (await claim(project.id, judge)).id }, as(judge))).kind).toBe('adjudicate')
    await invoke(releaseAssignment, { assignmentId: (await claim(project.id, judge)).id }, as(judge))
    expect((await claim(project.id, await join(project.id, 'manager'))).conversationId).toBe(waiting[0])
  })

  test('what every manager passed on is offered to them again the day after, what one of them could still take is not', async () => {
    const { project, judge, verdict, reviewer } = await open()
    const other = await join(project.id, 'manager')
    const skip = async (person: Person) =>
      invoke(skipAssignment, { assignmentId: (await claim(project.id, person)).id, reason: 'not-my-field' }, as(person))
    const aDayLater = () =>
      db.assignment.updateMany({ where: { projectId: project.id, state: 'skipped' }, data: { endedAt: new Date(Date.now() - 25 * 60 * 60 * 1000) } })
    const waiting = async (person: Person) => (await invoke(getHome, { projectId: project.id }, as(person))).adjudicating?.waiting
    await skip(judge)
    await aDayLater()
    expect([await waiting(judge), await waiting(other)]).toEqual([0, 1])
    await skip(other)
    // Those who judged it, who may not decide, or whose account is closed take it from nobody.
    await db.membership.update({ where: { projectId_userId: { projectId: project.id, userId: reviewer.userId } }, data: { roles: ['manager'] } })
    const closed = await join(project.id, 'manager')
    await db.user.update({ where: { id: closed.userId }, data: { disabledAt: new Date() } })
    await join(project.id, 'reviewer')
    expect([await waiting(judge), await waiting(other)]).toEqual([1, 0])
    await aDayLater()
    expect([await waiting(judge), await waiting(other)]).toEqual([1, 1])
    expect((await claim(project.id, other)).conversationId).toBe(verdict.conversationId)
    expect((await refusal(claim(project.id, judge))).code).toBe('no-work')
  })

  test('asked by two at the same moment one of them gets it, and a swept lease is free', async () => {
    const { project, judge, verdict } = await open()
    const other = await join(project.id, 'manager')
    const ask = (person: Person) => () => invoke(claimAdjudicationOf, { conversationId: verdict.conversationId }, as(person))
    const outcomes = await atOnce('conversation', verdict.conversationId, [ask(judge), ask(other)])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    await db.assignment.updateMany({ where: { projectId: project.id, kind: 'adjudicate' }, data: { expiresAt: new Date(Date.now() - 1000) } })
    expect(await expireLeases()).toBeGreaterThan(0)
    expect((await claim(project.id, judge)).conversationId).toBe(verdict.conversationId)
  })

  test('two who decide at the same moment: one decides, the other is told', async () => {
    const { project, judge, verdict } = await open()
    const other = await join(project.id, 'manager')
    const decide = (person: Person) => () => invoke(adjudicateConversation, { ...verdict, verdict: 'approve', ruling: ruling('kept') }, as(person))
    const outcomes = await atOnce('conversation', verdict.conversationId, [decide(judge), decide(other)])
    expect(outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []))).toEqual(['illegal-transition'])
    expect(await db.ruling.count({ where: { projectId: project.id } })).toBe(1)
  })

  test('of a withdrawn text nothing is to decide', async () => {
    const { project, judge, verdict, author } = await open()
    const lease = await claim(project.id, judge)
    await invoke(withdrawConversation, { conversationId: verdict.conversationId, reason: 'Personal' }, as(author))
    expect((await db.assignment.findUniqueOrThrow({ where: { id: lease.id } })).state).toBe('released')
    expect((await refusal(claim(project.id, judge))).code).toBe('no-work')
    expect((await refusal(invoke(claimAdjudicationOf, { conversationId: verdict.conversationId }, as(judge)))).code).toBe('illegal-transition')
  })
})

describe('a decision', () => {
  test('without a ruling, or with one that cites nothing, is refused where there are rules; nothing is written', async () => {
    const { judge, verdict } = await open()
    const decide = (more: object) => invoke(adjudicateConversation, { ...verdict, verdict: 'approve', ...more }, as(judge))
    const { rules: _rules, ...words } = ruling('kept')
    expect((await refusal(decide({}))).code).toBe('ruling-required')
    expect(await refusal(decide({ ruling: words }))).toMatchObject({ code: 'citation-required', message: expect.stringContaining('no rule fits') })
    expect((await refusal(decide({ ruling: { ...words, rules: [{ rule: 'no/such', finding: 'kept' }] } }))).code).toBe('unknown-rule')
    const twice = [...ruling('kept').rules, ...ruling('broken').rules]
    for (const wrong of [{ question: ' \n ' }, { decision: '' }, { question: 'x'.repeat(1001) }, { rules: twice }, { gap: true }]) {
      expect((await refusal(decide({ ruling: { ...ruling('kept'), ...wrong } }))).code, JSON.stringify(wrong)).toBe('invalid-input')
    }
    expect(await db.review.count({ where: { conversationId: verdict.conversationId } })).toBe(1)
    const { reviewId } = await decide({ ruling: { ...words, gap: true } })
    expect(await db.ruling.findUniqueOrThrow({ where: { reviewId }, include: { citations: true } })).toMatchObject({ isGap: true, citations: [] })
  })

  test('needs none where no guideline was published, and its ruling stands in for the comment a rejection owes', async () => {
    const project = await buildProject()
    await buildPrompt(project.id)
    const submission = await buildSubmission(project.id, await join(project.id, 'labeller'))
    const { conversationId, revisionId } = submission
    const text = { conversationId, revisionId }
    await invoke(submitReview, { ...text, verdict: 'escalate', summary: 'Is it?' }, as(await join(project.id, 'reviewer')))
    const judge = await join(project.id, 'manager')
    expect((await invoke(adjudicateConversation, { ...text, verdict: 'approve' }, as(judge))).state).toBe('approved')
    const { judge: second, verdict } = await open()
    expect(await invoke(adjudicateConversation, { ...verdict, verdict: 'reject', ruling: ruling('broken') }, as(second))).toMatchObject({
      state: 'rejected',
    })
  })

  test('on a revision that is no longer the newest is refused', async () => {
    const { judge, verdict, project } = await open()
    const older = { ...verdict, revisionId: crypto.randomUUID(), verdict: 'approve' as const, ruling: ruling('kept') }
    expect((await refusal(invoke(adjudicateConversation, older, as(judge)))).code).toBe('stale-version')
    expect(await db.ruling.count({ where: { projectId: project.id } })).toBe(0)
  })

  test('is no second opinion: it does not count as agreement or disagreement of reviewers', async () => {
    const { project, judge, verdict } = await open()
    await invoke(adjudicateConversation, { ...verdict, verdict: 'approve', ruling: ruling('kept') }, as(judge))
    const { verdicts } = await invoke(getAgreement, { projectId: project.id }, as(judge))
    expect(verdicts).toMatchObject({ reason: 'no-overlap', units: 0 })
  })

  test('is read with both sides: who decides sees verdicts, reasons and comments; the author sees the ruling', async () => {
    const { judge, verdict, author } = await open()
    const seen = await invoke(getConversation, { conversationId: verdict.conversationId }, as(judge))
    expect(seen).toMatchObject({
      state: 'escalated',
      abilities: { adjudicate: true },
      reviews: [{ verdict: 'escalate', summary: 'Is this harmful?' }],
    })
    await invoke(adjudicateConversation, { ...verdict, verdict: 'approve', ruling: ruling('kept') }, as(judge))
    const { reviews } = await invoke(getConversation, { conversationId: verdict.conversationId }, as(author))
    expect(reviews[1]).toMatchObject({
      kind: 'adjudication',
      reviewer: { name: null, alias: 'C' },
      ruling: { decision: 'Only to say so.', rules: [{ slug: 'truthful/unknown', version: '1.0.0', finding: 'kept' }] },
    })
  })
})
