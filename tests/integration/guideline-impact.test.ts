import { expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import { type GuidelineContent, Rule } from '#lib/domain/guideline.ts'
import { getGuidelineDraft, previewGuidelineImpact, publishGuideline, saveGuidelineDraft } from '#lib/services/guideline.ts'
import { invoke } from '#lib/services/operation.ts'
import { longGuideline } from '../support/long-guideline.ts'
import { as, buildProject, buildPrompt, buildSubmission, join } from '../support/world.ts'

const CONVERSATIONS = 60

/** A number below `size` that is another each time and the same each run. */
function dice() {
  let state = 7
  return (size: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * size)
  }
}

/** Some rules reworded, some taken out, some moved, some new: as a year of work would leave them. */
function reworked(content: GuidelineContent, roll: (size: number) => number): GuidelineContent {
  const rules = content.rules.flatMap((rule): Rule[] => {
    const fate = roll(10)
    if (fate === 0) return []
    if (fate === 1) return [{ ...rule, statement: { ...rule.statement, zh: `${rule.statement.zh}再想一遍。` } }]
    if (fate === 2) return [{ ...rule, level: rule.level === 'must' ? 'may' : 'must' }]
    return [rule]
  })
  const [first, ...others] = rules
  return { ...content, rules: first ? [...others, first, { ...first, slug: 'style/quite-new', principle: 'style' }] : [] }
}

test('the impact of a major version is what counting by hand finds', { timeout: 180_000 }, async () => {
  const roll = dice()
  const before = longGuideline(120, 3)
  const after = reworked(before, roll)
  const { id: projectId } = await buildProject()
  const [manager, labeller, reviewer] = [await join(projectId, 'manager'), await join(projectId, 'labeller'), await join(projectId, 'reviewer')]
  const save = async (content: GuidelineContent) => {
    const { version } = await invoke(getGuidelineDraft, { projectId }, as(manager))
    return (await invoke(saveGuidelineDraft, { projectId, content, baseVersion: version }, as(manager))).version
  }
  await invoke(publishGuideline, { projectId, bump: 'major', note: 'The first.', draftVersion: await save(before) }, as(manager))

  const ruleIds = new Map((await db.rule.findMany({ where: { guidelineVersion: { projectId } } })).map(({ slug, id }) => [slug, id]))

  // Conversations in all kinds of states, each with reviews that cite rules at random, some of them taken back.
  type Made = { id: string; state: string; cited: Set<string> }
  const made: Made[] = []
  for (let nth = 0; nth < CONVERSATIONS; nth++) {
    await buildPrompt(projectId)
    const { conversationId, revisionId } = await buildSubmission(projectId, labeller)
    const state = roll(4) === 0 ? 'changes-requested' : 'approved'
    const cited = new Set<string>()
    for (let reviews = roll(3); reviews >= 0; reviews--) {
      // The last one stands: nothing is approved without.
      const isWithdrawn = reviews > 0 && roll(3) === 0
      const review = await db.review.create({
        data: {
          projectId,
          conversationId,
          revisionId,
          reviewerId: reviews === 0 ? reviewer.userId : (await join(projectId, 'reviewer')).userId,
          verdict: 'approve',
          ratings: {},
          ...(isWithdrawn ? { withdrawnAt: new Date() } : {}),
        },
      })
      for (let comments = roll(3); comments > 0; comments--) {
        const { slug } = before.rules[roll(before.rules.length)] ?? { slug: '' }
        await db.comment.create({ data: { reviewId: review.id, conversationId, body: 'See the rule.', severity: 'nit', ruleSlug: slug } })
        if (!isWithdrawn) cited.add(slug)
      }
      // What decided it may have read a rule that no comment names.
      if (nth % 5 === 0) {
        const { slug } = before.rules[roll(before.rules.length)] ?? { slug: '' }
        await db.ruling.create({
          data: {
            projectId,
            conversationId,
            reviewId: review.id,
            question: 'Does it hold here?',
            decision: 'It does.',
            citations: {
              create: { ruleSlug: slug, ruleId: ruleIds.get(slug) ?? '', guidelineVersion: '1.0.0', finding: 'kept' },
            },
          },
        })
        if (!isWithdrawn) cited.add(slug)
      }
    }
    made.push({ id: conversationId, state, cited })
  }

  // Only now: what waits for its author would be claimed again.
  for (const { id, state } of made) await db.conversation.update({ where: { id }, data: { state } })

  // By hand: rule by rule, text by text.
  const text = (rule: Rule | undefined) => rule && JSON.stringify(Rule.parse(rule))
  const inAfter = new Map(after.rules.map((rule) => [rule.slug, rule]))
  const touchedRules = before.rules.filter((rule) => text(inAfter.get(rule.slug)) !== text(rule)).map(({ slug }) => slug)
  const hit = made.filter(({ state, cited }) => state === 'approved' && touchedRules.some((slug) => cited.has(slug)))
  expect(touchedRules.length).toBeGreaterThan(5)
  expect(hit.length).toBeGreaterThan(3)
  expect(hit.length).toBeLessThan(made.filter(({ state }) => state === 'approved').length)

  const draftVersion = await save(after)
  const impact = await invoke(previewGuidelineImpact, { projectId }, as(manager))
  expect(impact.changes.map(({ slug }) => slug).sort()).toEqual([...touchedRules, 'style/quite-new'].sort())
  for (const { slug, kind, conversations } of impact.changes) {
    expect(kind).toBe(slug === 'style/quite-new' ? 'added' : inAfter.has(slug) ? 'changed' : 'removed')
    expect([slug, conversations]).toEqual([slug, made.filter(({ state, cited }) => state === 'approved' && cited.has(slug)).length])
  }
  expect(impact.conversations).toBe(hit.length)
  const published = await invoke(publishGuideline, { projectId, bump: 'major', note: 'A year of work.', draftVersion }, as(manager))
  expect(published.staleConversations).toBe(hit.length)
  const stale = await db.conversation.findMany({ where: { projectId, state: 'stale' }, select: { id: true } })
  expect(stale.map(({ id }) => id).sort()).toEqual(hit.map(({ id }) => id).sort())
})
