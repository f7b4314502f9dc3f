import { describe, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import { getHome } from '#lib/services/home.ts'
import { importPrompts } from '#lib/services/import.ts'
import { listMembers } from '#lib/services/member.ts'
import { invoke } from '#lib/services/operation.ts'
import { getOwnRecord, setOwnGoal } from '#lib/services/own-record.ts'
import { getQuality } from '#lib/services/quality.ts'
import { adjudicateConversation, submitReview } from '#lib/services/review.ts'
import { ruling } from '../support/scene.ts'
import { resubmit } from '../support/submission.ts'
import { as, buildGuideline, buildProject, buildPrompt, buildSubmission, join, refusal } from '../support/world.ts'

const RULE = 'truthful/unknown'

async function open() {
  const { id: projectId } = await buildProject()
  await buildGuideline(projectId, RULE)
  const [author, other, reviewer] = [await join(projectId, 'labeller'), await join(projectId, 'labeller'), await join(projectId, 'reviewer')]
  const write = async (person: typeof author, answer?: string) => {
    await buildPrompt(projectId)
    return buildSubmission(projectId, person, answer)
  }
  const judge = (work: { conversationId: string; revisionId: string }, verdict: 'approve' | 'request-changes') =>
    invoke(
      submitReview,
      {
        conversationId: work.conversationId,
        revisionId: work.revisionId,
        verdict,
        summary: verdict === 'approve' ? '' : 'Nobody knows that.',
        comments: verdict === 'approve' ? [] : [{ body: 'Say so.', severity: 'major', rule: RULE }],
      },
      as(reviewer),
    )
  return { projectId, author, other, reviewer, write, judge }
}

describe('a person’s own record', () => {
  test('tells what became of their work and why, and nothing of anybody else’s', async () => {
    const { projectId, author, other, write, judge } = await open()
    const approved = await write(author, 'Two words, 三个字.')
    const returned = await write(author)
    await write(author)
    await judge(approved, 'approve')
    await judge(returned, 'request-changes')
    await judge(await write(other, 'Somebody else’s answer.'), 'request-changes')
    const record = await invoke(getOwnRecord, { projectId }, as(author))
    expect(record.acceptance).toMatchObject({ count: 1, total: 1 })
    expect(record.firstRound).toMatchObject({ count: 1, total: 1 })
    expect(record.submitted).toHaveLength(13)
    expect(record.submitted.at(-1)?.count).toBe(3)
    expect(record.rules).toMatchObject([{ slug: RULE, citations: 1, conversations: 1 }])
    expect(record.returned).toMatchObject([
      { conversationId: returned.conversationId, verdict: 'request-changes', summary: 'Nobody knows that.', rules: [RULE] },
    ])
    // A word between spaces is one, a Chinese character, too; the full stop that stands alone behind it is none.
    expect(record.written).toEqual({ conversations: 1, words: 5, characters: 15 })
    expect(record.minutes).toBeGreaterThanOrEqual(0)
    expect(record.weeks.at(-1)?.verdicts).toMatchObject({ approve: 1, 'request-changes': 1 })
  })

  test.each([
    ['你好，世界。', 4],
    ['Don’t — stop! 3 × 4 = 12 🙂 …', 5],
    ['“Quoted”(twice) ひらがな・カタカナ', 9],
    ['Élan, Größe; ½ привет\u3000done', 5],
    ['人々 — 二〇二六年', 7],
    ['- - -\n***', 0],
  ])('counts the words of %j', async (answer, words) => {
    const { projectId, author, write, judge } = await open()
    await judge(await write(author, answer), 'approve')
    expect((await invoke(getOwnRecord, { projectId }, as(author))).written.words).toBe(words)
  })

  test('says why a decision rejected a text: by the words of its ruling, and the rules it found broken', async () => {
    const { projectId, author, reviewer, write } = await open()
    const { conversationId, revisionId } = await write(author)
    await invoke(submitReview, { conversationId, revisionId, verdict: 'escalate', summary: 'Is it?' }, as(reviewer))
    const judge = await join(projectId, 'manager')
    await invoke(adjudicateConversation, { conversationId, revisionId, verdict: 'reject', ruling: ruling('broken') }, as(judge))
    const record = await invoke(getOwnRecord, { projectId }, as(author))
    expect(record.returned).toMatchObject([{ conversationId, verdict: 'reject', summary: '', decision: ruling('broken').decision, rules: [RULE] }])
    const cited = [{ slug: RULE, citations: 1, conversations: 1, severities: { nit: 0, minor: 0, major: 0, critical: 0 } }]
    expect(record.rules).toEqual(cited)
    expect((await invoke(getQuality, { projectId }, as(judge))).rules).toEqual(cited)
    expect((await invoke(getHome, { projectId }, as(judge))).managing?.citedRules).toEqual([{ slug: RULE, count: 1 }])
  })

  test('a rule that a decision found kept is no reason for it', async () => {
    const { projectId, author, reviewer, write } = await open()
    const { conversationId, revisionId } = await write(author)
    await invoke(submitReview, { conversationId, revisionId, verdict: 'escalate', summary: 'Is it?' }, as(reviewer))
    const judge = await join(projectId, 'manager')
    await invoke(adjudicateConversation, { conversationId, revisionId, verdict: 'reject', ruling: ruling('kept') }, as(judge))
    expect(await invoke(getOwnRecord, { projectId }, as(author))).toMatchObject({ rules: [], returned: [{ conversationId, rules: [] }] })
  })

  test('times the first text, not its corrections', async () => {
    const { projectId, author, write, judge } = await open()
    await judge(await write(author), 'request-changes')
    await resubmit(projectId, author)
    const leases = await db.assignment.findMany({ where: { projectId, kind: 'write' }, orderBy: { leasedAt: 'asc' } })
    for (const [at, minutes] of [10, 100].entries()) {
      const leasedAt = new Date((leases[at]?.endedAt?.getTime() ?? 0) - minutes * 60_000)
      await db.assignment.update({ where: { id: leases[at]?.id ?? '' }, data: { leasedAt } })
    }
    expect((await invoke(getOwnRecord, { projectId }, as(author))).minutes).toBeCloseTo(10)
  })

  test('an imported answer is not the importer’s work, neither as it came nor corrected', async () => {
    const { projectId, judge } = await open()
    const importer = await join(projectId, 'engineer', 'labeller')
    const body = new Blob([JSON.stringify({ instruction: 'Question?', input: '', output: 'Answer.' })]).stream()
    await invoke(importPrompts, { params: { projectId }, query: { answers: 'submit' } as never }, as(importer, { body }))
    const imported = await db.conversation.findFirstOrThrow({ where: { projectId, authorId: importer.userId } })
    await judge({ conversationId: imported.id, revisionId: imported.currentRevisionId ?? '' }, 'request-changes')
    await resubmit(projectId, importer)
    const again = await db.conversation.findUniqueOrThrow({ where: { id: imported.id } })
    await judge({ conversationId: again.id, revisionId: again.currentRevisionId ?? '' }, 'approve')
    const record = await invoke(getOwnRecord, { projectId }, as(importer))
    expect(record).toMatchObject({ acceptance: { total: 0 }, rules: [], returned: [], written: { conversations: 0 }, minutes: null })
    expect(record.submitted.every(({ count }) => count === 0)).toBe(true)
  })

  test('of one who has done nothing is empty, not wrong', async () => {
    const { projectId, author } = await open()
    const record = await invoke(getOwnRecord, { projectId, weeks: 4 }, as(author))
    expect(record).toMatchObject({
      acceptance: { total: 0, share: null },
      rules: [],
      returned: [],
      written: { conversations: 0, words: 0, characters: 0 },
      minutes: null,
      weeklyGoal: null,
    })
    expect(record.submitted).toHaveLength(5)
  })

  test('a goal is set, changed and removed by oneself, and told to nobody', async () => {
    const { projectId, author } = await open()
    const manager = await join(projectId, 'manager')
    const goal = async () => (await invoke(getOwnRecord, { projectId }, as(author))).weeklyGoal
    await invoke(setOwnGoal, { projectId, weeklyGoal: 12 }, as(author))
    expect(await goal()).toBe(12)
    expect((await invoke(getOwnRecord, { projectId }, as(manager))).weeklyGoal).toBeNull()
    const { items } = await invoke(listMembers, { projectId }, as(manager))
    expect(JSON.stringify(items)).not.toContain('weeklyGoal')
    expect(await db.auditEvent.count({ where: { chainId: projectId, operation: 'setOwnGoal' } })).toBe(0)
    await invoke(setOwnGoal, { projectId, weeklyGoal: null }, as(author))
    expect(await goal()).toBeNull()
    expect((await refusal(invoke(setOwnGoal, { projectId, weeklyGoal: 0 }, as(author)))).code).toBe('invalid-input')
  })
})
