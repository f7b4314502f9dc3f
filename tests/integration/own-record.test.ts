import { describe, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import { listMembers } from '#lib/services/member.ts'
import { invoke } from '#lib/services/operation.ts'
import { getOwnRecord, setOwnGoal } from '#lib/services/own-record.ts'
import { submitReview } from '#lib/services/review.ts'
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
    expect(record.rules).toMatchObject([{ slug: RULE, comments: 1, conversations: 1 }])
    expect(record.returned).toMatchObject([
      { conversationId: returned.conversationId, verdict: 'request-changes', summary: 'Nobody knows that.', rules: [RULE] },
    ])
    // A word between spaces is one, a Chinese character, too; so is the full stop that stands alone behind it.
    expect(record.written).toEqual({ conversations: 1, words: 6, characters: 15 })
    expect(record.minutes).toBeGreaterThanOrEqual(0)
    expect(record.weeks.at(-1)?.verdicts).toMatchObject({ approve: 1, 'request-changes': 1 })
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
