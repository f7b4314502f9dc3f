import { describe, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import type { Person } from '#lib/domain/actor.ts'
import type { GuidelineContent } from '#lib/domain/guideline.ts'
import type { RuleFinding } from '#lib/domain/ruling.ts'
import { publishGuideline, saveGuidelineDraft } from '#lib/services/guideline.ts'
import { searchRules } from '#lib/services/guideline-search.ts'
import { invoke } from '#lib/services/operation.ts'
import { adjudicateConversation, submitReview, withdrawReview } from '#lib/services/review.ts'
import { getRuling, listRulings } from '#lib/services/ruling.ts'
import { listContradictions, overruleRuling, reconcileRuling } from '#lib/services/ruling-settlement.ts'
import { guidelineText } from '../support/scene.ts'
import { as, buildProject, buildPrompt, buildSubmission, join, refusal } from '../support/world.ts'

const RULE = 'truthful/unknown'

async function open() {
  const project = await buildProject()
  const projectId = project.id
  const [author, reviewer, judge] = [await join(projectId, 'labeller'), await join(projectId, 'reviewer'), await join(projectId, 'manager')]
  const publish = async (bump: 'major' | 'minor', content: GuidelineContent) => {
    const { version } = await invoke(saveGuidelineDraft, { projectId, baseVersion: 0, content }, as(judge))
    return invoke(publishGuideline, { projectId, bump, note: 'Another.', draftVersion: version }, as(judge))
  }
  await publish('major', guidelineText())
  /** Escalates a text and rules on it; the id of the ruling. */
  const rule = async (words: { question?: string; decision?: string; reasons?: string; gap?: boolean }, finding: RuleFinding = 'kept') => {
    await buildPrompt(projectId)
    const { conversationId, revisionId } = await buildSubmission(projectId, author)
    await invoke(submitReview, { conversationId, revisionId, verdict: 'escalate', summary: 'Which?' }, as(reviewer))
    const ruling = { question: 'Which?', decision: 'This.', ...words, ...(words.gap ? {} : { rules: [{ rule: RULE, finding }] }) }
    const { reviewId } = await invoke(adjudicateConversation, { conversationId, revisionId, verdict: 'approve', ruling }, as(judge))
    const { id } = await db.ruling.findUniqueOrThrow({ where: { reviewId } })
    return { id, reviewId, conversationId }
  }
  const list = (by: Person, more: object = {}) => invoke(listRulings, { projectId, ...more }, as(by))
  const disputes = async () => (await invoke(listContradictions, { projectId }, as(judge))).items
  return { projectId, author, reviewer, judge, publish, rule, list, disputes }
}

describe('case law', () => {
  test('is found by every word, in any script, by rule, and by what no rule fitted', async () => {
    const { projectId, author, rule, list } = await open()
    const one = await rule({ question: 'May a toast name the dead?', decision: 'Yes, with respect.', reasons: '50% of readers ask.' })
    const two = await rule({ question: '蜂蜜能不能写成药？', decision: '不能，读的人会当真。' })
    const gap = await rule({ question: 'Tables without a header?', gap: true })
    const found = async (more: object) => (await list(author, more)).items.map(({ id }) => id)
    expect(await found({})).toEqual([gap.id, two.id, one.id])
    expect(await found({ text: 'DEAD toast' })).toEqual([one.id])
    expect(await found({ text: 'dead honey' })).toEqual([])
    expect(await found({ text: '蜂蜜' })).toEqual([two.id])
    expect(await found({ text: '50%' })).toEqual([one.id])
    expect(await found({ text: '%' })).toEqual([one.id])
    expect(await found({ text: '_' })).toEqual([])
    expect(await found({ text: RULE })).toEqual([two.id, one.id])
    expect(await found({ rule: RULE })).toEqual([two.id, one.id])
    expect(await found({ gap: true })).toEqual([gap.id])
    expect((await invoke(searchRules, { projectId }, as(author))).items).toMatchObject([{ slug: RULE, rulings: 2 }])
    expect((await refusal(list(author, { cursor: 'nonsense' }))).code).toBe('invalid-input')
  })

  test('comes in pages that give each once, and counts all', async () => {
    const { author, rule, list } = await open()
    for (let n = 0; n < 5; n++) await rule({ question: `Number ${n}?` })
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page: Awaited<ReturnType<typeof list>> = await list(author, { limit: 2, withTotal: true, ...(cursor ? { cursor } : {}) })
      expect(page.total).toBe(5)
      seen.push(...page.items.map(({ question }) => question))
      cursor = page.nextCursor
    } while (cursor)
    expect(seen).toEqual([4, 3, 2, 1, 0].map((n) => `Number ${n}?`))
  })

  test('is everybody’s to read; the conversation and who decided are not', async () => {
    const { projectId, author, judge, rule } = await open()
    const { id, conversationId } = await rule({})
    const read = (by: Person) => invoke(getRuling, { rulingId: id }, as(by))
    expect(await read(await join(projectId, 'labeller'))).toMatchObject({ decision: 'This.', conversationId: null, decidedBy: null })
    expect(await read(author)).toMatchObject({ conversationId, decidedBy: null })
    expect(await read(await join(projectId, 'reviewer'))).toMatchObject({ conversationId, decidedBy: null })
    expect((await read(judge)).decidedBy).toMatch(/^Person/)
    expect((await refusal(read(await join((await buildProject()).id, 'manager')))).code).toBe('not-found')
  })

  test('holds nothing of an adjudication that was taken back', async () => {
    const { author, judge, rule, list } = await open()
    const { id, reviewId } = await rule({})
    await invoke(withdrawReview, { reviewId }, as(judge))
    expect((await list(author)).items).toEqual([])
    expect((await refusal(invoke(getRuling, { rulingId: id }, as(author)))).code).toBe('not-found')
    expect((await refusal(invoke(overruleRuling, { rulingId: id, byId: id }, as(judge)))).code).toBe('not-found')
  })

  test('outlives its rule: one that was retired is still found, with the version that had it, and cannot be cited anew', async () => {
    const { author, publish, rule, list } = await open()
    await rule({ question: 'Under the old rule?' })
    const { rules, ...words } = guidelineText()
    await publish('minor', { ...words, rules: rules.map((each) => ({ ...each, slug: 'truthful/known' })) })
    expect((await list(author, { rule: RULE })).items).toMatchObject([{ rules: [{ slug: RULE, version: '1.0.0' }] }])
    expect(await refusal(rule({}))).toMatchObject({ code: 'unknown-rule', data: { rule: RULE } })
  })

  test('makes an approved conversation stale with a rule it was decided by', async () => {
    const { publish, rule } = await open()
    const { conversationId } = await rule({})
    const { rules, ...words } = guidelineText()
    const published = await publish('major', { ...words, rules: rules.map((each) => ({ ...each, statement: { en: 'Say so at once.' } })) })
    expect(published.staleConversations).toBe(1)
    expect((await db.conversation.findUniqueOrThrow({ where: { id: conversationId } })).state).toBe('stale')
  })

  test('does not change: its words, its findings', async () => {
    const { rule } = await open()
    const { id } = await rule({})
    await expect(db.$executeRaw`UPDATE "ruling" SET decision = 'Another.' WHERE id = ${id}::uuid`).rejects.toThrow(/never change/)
    await expect(db.$executeRaw`UPDATE "ruling_citation" SET finding = 'broken' WHERE "rulingId" = ${id}::uuid`).rejects.toThrow(/never change/)
    await expect(db.$executeRaw`UPDATE "ruling" SET "overruledById" = id, "overruledAt" = now() WHERE id = ${id}::uuid`).rejects.toThrow(
      /ruling_overruled/,
    )
  })
})

describe('rulings that contradict each other', () => {
  test('are listed by rule, and settled by overruling one, which can be taken back', async () => {
    const { author, judge, rule, list, disputes } = await open()
    const kept = await rule({ question: 'First?' }, 'kept')
    expect(await disputes()).toEqual([])
    const broken = await rule({ question: 'Second?' }, 'broken')
    expect(await disputes()).toMatchObject([{ rule: RULE, later: { id: broken.id }, earlier: [{ id: kept.id }] }])
    const settle = (rulingId: string, byId: string | null) => invoke(overruleRuling, { rulingId, byId }, as(judge))
    expect(await settle(kept.id, broken.id)).toMatchObject({ overruled: { byId: broken.id, overruler: expect.stringMatching(/^Person/) } })
    expect(await disputes()).toEqual([])
    expect((await list(author, { standing: true })).items.map(({ id }) => id)).toEqual([broken.id])
    expect((await list(author)).items[1]?.overruled).toMatchObject({ byId: broken.id, overruler: null })
    // What is overruled takes no place, in no circle, and is not overruled twice.
    expect((await refusal(settle(broken.id, kept.id))).code).toBe('illegal-transition')
    expect((await refusal(settle(kept.id, broken.id))).code).toBe('illegal-transition')
    expect((await settle(kept.id, null)).overruled).toBeNull()
    expect(await disputes()).toHaveLength(1)
    expect((await refusal(settle(kept.id, null))).code).toBe('illegal-transition')
  })

  test('of which the one that took the place is taken back stand again', async () => {
    const { judge, rule, list } = await open()
    const kept = await rule({}, 'kept')
    const broken = await rule({}, 'broken')
    await invoke(overruleRuling, { rulingId: kept.id, byId: broken.id }, as(judge))
    await invoke(withdrawReview, { reviewId: broken.reviewId }, as(judge))
    expect((await list(judge)).items).toMatchObject([{ id: kept.id, overruled: null }])
  })

  test('may both stand where the cases differ, until the next one', async () => {
    const { judge, rule, disputes } = await open()
    const kept = await rule({}, 'kept')
    const broken = await rule({}, 'broken')
    const reconcile = (rulingId: string, more: object = {}) => invoke(reconcileRuling, { rulingId, rule: RULE, ...more }, as(judge))
    await reconcile(broken.id)
    expect(await disputes()).toEqual([])
    const third = await rule({}, 'broken')
    expect(await disputes()).toMatchObject([{ later: { id: third.id }, earlier: [{ id: kept.id }] }])
    await reconcile(broken.id, { reconciled: false })
    expect((await disputes()).map(({ later }) => later.id)).toEqual([third.id, broken.id])
    expect((await refusal(reconcile(kept.id, { rule: 'style/brief' }))).code).toBe('unknown-rule')
  })

  test('only those: one that agrees, or is of another project, takes no place', async () => {
    const { judge, rule, reviewer } = await open()
    const [one, two] = [await rule({}, 'kept'), await rule({}, 'kept')]
    const settle = (byId: string, by = judge) => invoke(overruleRuling, { rulingId: one.id, byId }, as(by))
    expect((await refusal(settle(two.id))).code).toBe('invalid-input')
    expect((await refusal(settle(one.id))).code).toBe('invalid-input')
    expect((await refusal(settle((await (await open()).rule({}, 'broken')).id))).code).toBe('not-found')
    expect((await refusal(settle(two.id, reviewer))).code).toBe('forbidden')
  })
})
