import { describe, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import type { Person } from '#lib/domain/actor.ts'
import { FEWEST_UNITS } from '#lib/domain/stats/agreement.ts'
import { getAgreement } from '#lib/services/agreement.ts'
import { getConversation } from '#lib/services/conversation.ts'
import { listGuidelineGaps } from '#lib/services/gap.ts'
import { invoke } from '#lib/services/operation.ts'
import { renewConversation, renewConversations } from '#lib/services/renewal.ts'
import { fixConversation, submitReview, withdrawReview } from '#lib/services/review.ts'
import { claimReviewOf } from '#lib/services/review-lease.ts'
import { claimWork, skipAssignment } from '#lib/services/work.ts'
import { as, assistant, buildGuideline, buildProject, buildPrompt, buildSubmission, join, refusal, user } from '../support/world.ts'

async function open(settings: Parameters<typeof buildProject>[0] = {}) {
  const project = await buildProject(settings)
  await buildGuideline(project.id)
  const [one, two] = [await join(project.id, 'reviewer'), await join(project.id, 'reviewer')]
  const manager = await join(project.id, 'manager')
  const submit = async () => {
    await buildPrompt(project.id)
    const { conversationId, revisionId } = await buildSubmission(project.id, await join(project.id, 'labeller'))
    return { conversationId, revisionId }
  }
  return { project, one, two, manager, submit }
}

const cited = { body: 'Nobody can know this.', severity: 'major' as const, rule: 'truthful/unknown' }

describe('taking a named conversation to review', () => {
  const take = (conversationId: string, person: Person) => invoke(claimReviewOf, { conversationId }, as(person))

  test('gives a lease, the same one again, and keeps others away from it until it is over or passed on', async () => {
    const { project, one, two, submit } = await open()
    const { conversationId, revisionId } = await submit()
    const lease = await take(conversationId, one)
    expect(lease).toMatchObject({ kind: 'review', conversationId, revisionId })
    expect((await take(conversationId, one)).id).toBe(lease.id)
    expect((await refusal(take(conversationId, two))).code).toBe('lease-lost')
    expect((await refusal(invoke(claimWork, { projectId: project.id, kind: 'review' }, as(two)))).code).toBe('no-work')
    await db.assignment.update({ where: { id: lease.id }, data: { expiresAt: new Date(Date.now() - 1000) } })
    const later = await take(conversationId, two)
    expect(later.fencingToken).toBeGreaterThan(lease.fencingToken)
    expect((await db.assignment.findUniqueOrThrow({ where: { id: lease.id } })).state).toBe('expired')
    await invoke(skipAssignment, { assignmentId: later.id, reason: 'not-my-field' }, as(two))
    expect((await take(conversationId, one)).conversationId).toBe(conversationId)
  })

  test('is refused to whoever could not judge it: its author, its editor, who judged it, who is no reviewer, and when nothing is to judge', async () => {
    const { project, one, two, submit } = await open({ requiredApprovals: 2 })
    const first = await submit()
    const { authorId } = await db.conversation.findUniqueOrThrow({ where: { id: first.conversationId } })
    expect((await refusal(take(first.conversationId, { kind: 'person', userId: authorId, isAdmin: false }))).code).toBe('forbidden')
    expect((await refusal(take(first.conversationId, await join(project.id, 'engineer')))).code).toBe('forbidden')
    await invoke(submitReview, { ...first, verdict: 'approve' }, as(one))
    expect((await refusal(take(first.conversationId, one))).code).toBe('already-reviewed')
    const content = { messages: [user('Capital?'), assistant('I do not know that.')], tools: [] }
    await invoke(fixConversation, { ...first, content }, as(two))
    expect((await refusal(take(first.conversationId, two))).code).toBe('own-work-review')
    const second = await submit()
    await invoke(submitReview, { ...second, verdict: 'reject', comments: [cited] }, as(one))
    expect((await refusal(take(second.conversationId, two))).code).toBe('illegal-transition')
  })
})

describe('a gap of the guideline', () => {
  test.each(['request-changes', 'reject'] as const)('stands in for the rule that %s must cite, and managers see it', async (verdict) => {
    const { project, one, manager, submit } = await open()
    const judged = await submit()
    const gap = { body: 'Tables without a header.', severity: 'minor' as const, gap: true }
    const { reviewId } = await invoke(submitReview, { ...judged, verdict, comments: [gap] }, as(one))
    const gaps = () => invoke(listGuidelineGaps, { projectId: project.id }, as(manager))
    expect(await gaps()).toMatchObject({ total: 1, items: [{ conversationId: judged.conversationId, body: gap.body, verdict, severity: 'minor' }] })
    const seen = await invoke(getConversation, { conversationId: judged.conversationId }, as(manager))
    expect(seen.reviews[0]?.comments).toMatchObject([{ isGap: true, ruleSlug: null }])
    await invoke(withdrawReview, { reviewId }, as(one))
    expect(await gaps()).toEqual({ items: [], total: 0 })
    expect((await refusal(invoke(listGuidelineGaps, { projectId: project.id }, as(one)))).code).toBe('forbidden')
  })

  test('is not both a gap and a rule, neither by operation nor by SQL', async () => {
    const { one, submit } = await open()
    const judged = await submit()
    const both = { ...cited, gap: true }
    expect((await refusal(invoke(submitReview, { ...judged, verdict: 'reject', comments: [both] }, as(one)))).code).toBe('invalid-input')
    const { reviewId } = await invoke(submitReview, { ...judged, verdict: 'reject', comments: [cited] }, as(one))
    await expect(db.comment.updateMany({ where: { reviewId }, data: { isGap: true } })).rejects.toThrow(/comment_gap_or_rule/)
  })
})

describe('judging again what a guideline made stale', () => {
  async function openStale(count = 1) {
    const world = await open()
    const stale: { conversationId: string; revisionId: string }[] = []
    for (let index = 0; index < count; index++) {
      const judged = await world.submit()
      await invoke(submitReview, { ...judged, verdict: 'approve', comments: [{ ...cited, body: 'Well done.' }] }, as(world.one))
      await db.conversation.update({ where: { id: judged.conversationId }, data: { state: 'stale' } })
      stale.push(judged)
    }
    return { ...world, stale }
  }

  test('a manager sends it to review; the same reviewer may judge the same text again, and the old verdict stays', async () => {
    const { one, manager, stale } = await openStale()
    const [{ conversationId, revisionId } = { conversationId: '', revisionId: '' }] = stale
    expect((await invoke(getConversation, { conversationId }, as(manager))).abilities.renew).toBe(true)
    expect(await invoke(renewConversation, { conversationId }, as(manager))).toMatchObject({ state: 'submitted' })
    const seen = await invoke(getConversation, { conversationId }, as(one))
    const [before, after] = seen.revisions
    expect(after).toMatchObject({ kind: 'renewed', contentHash: before?.contentHash, messages: before?.messages })
    expect(seen).toMatchObject({ state: 'submitted', approvals: 0, approvedAt: null, abilities: { review: true, renew: false } })
    expect(seen.reviews).toMatchObject([{ revisionId, withdrawnAt: null }])
    const again = { conversationId, revisionId: after?.id ?? '' }
    expect(await invoke(submitReview, { ...again, verdict: 'approve' }, as(one))).toMatchObject({ state: 'approved', approvals: 1 })
  })

  test('in bulk, those that cite a rule', async () => {
    const { project, manager, stale } = await openStale(2)
    const send = (rules?: string[]) => invoke(renewConversations, { projectId: project.id, ...(rules ? { rules } : {}) }, as(manager))
    expect(await send(['style/brief'])).toEqual({ renewed: 0, left: 0 })
    expect(await send(['truthful/unknown'])).toEqual({ renewed: 2, left: 0 })
    const states = await db.conversation.findMany({ where: { id: { in: stale.map((each) => each.conversationId) } }, select: { state: true } })
    expect(states.map(({ state }) => state)).toEqual(['submitted', 'submitted'])
  })

  test('is refused to others than managers, and for what is not stale', async () => {
    const { project, one, manager, submit, stale } = await openStale()
    expect((await refusal(invoke(renewConversation, { conversationId: stale[0]?.conversationId ?? '' }, as(one)))).code).toBe('forbidden')
    expect((await refusal(invoke(renewConversations, { projectId: project.id }, as(one)))).code).toBe('forbidden')
    const { conversationId } = await submit()
    expect((await refusal(invoke(renewConversation, { conversationId }, as(manager)))).code).toBe('illegal-transition')
  })
})

describe('agreement of reviewers', () => {
  test('is undefined with its reason until two judged the same revision, and counts standing verdicts only', async () => {
    const { project, one, two, manager, submit } = await open({ requiredApprovals: 2 })
    const measure = () => invoke(getAgreement, { projectId: project.id }, as(manager))
    expect((await measure()).verdicts).toMatchObject({ alpha: null, reason: 'no-overlap', units: 0 })
    const [first, second] = [await submit(), await submit()]
    await invoke(submitReview, { ...first, verdict: 'approve', ratings: { helpful: 5, truthful: 2 } }, as(one))
    await invoke(submitReview, { ...first, verdict: 'approve', ratings: { helpful: 5, truthful: null } }, as(two))
    expect((await measure()).verdicts).toMatchObject({ alpha: null, reason: 'too-few', units: 1, judgements: 2 })
    await invoke(submitReview, { ...second, verdict: 'approve', ratings: { helpful: 3 } }, as(one))
    const { reviewId } = await invoke(submitReview, { ...second, verdict: 'reject', ratings: { helpful: 3 }, comments: [cited] }, as(two))
    const both = await measure()
    expect(both.verdicts).toMatchObject({ alpha: null, low: null, units: 2, judgements: 4, reason: 'too-few' })
    expect(both.ratings.truthful).toMatchObject({ alpha: null, reason: 'no-overlap' })
    for (let more = 2; more < FEWEST_UNITS; more++) {
      const each = await submit()
      await invoke(submitReview, { ...each, verdict: 'approve', ratings: { helpful: 5 } }, as(one))
      await invoke(submitReview, { ...each, verdict: 'approve', ratings: { helpful: 5 } }, as(two))
    }
    const enough = await measure()
    // Of 20 judgements 19 approve: 2 of 20 coincidences are apart, by chance 38 of 380; alpha = 1 − 19 · 2 / 38.
    expect(enough.verdicts).toMatchObject({ alpha: 0, units: 10, judgements: 20, reason: null })
    expect(enough.ratings.helpful).toMatchObject({ alpha: 1, units: 10 })
    await invoke(withdrawReview, { reviewId }, as(two))
    expect((await measure()).verdicts).toMatchObject({ units: 9, reason: 'too-few' })
    expect((await refusal(invoke(getAgreement, { projectId: project.id }, as(one)))).code).toBe('forbidden')
  })
})
