import { describe, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import type { GuidelineContent } from '#lib/domain/guideline.ts'
import {
  getGuideline,
  getGuidelineDraft,
  listGuidelineVersions,
  previewGuidelineImpact,
  publishGuideline,
  saveGuidelineDraft,
} from '#lib/services/guideline.ts'
import { searchRules } from '#lib/services/guideline-search.ts'
import { invoke } from '#lib/services/operation.ts'
import { submitReview, withdrawReview } from '#lib/services/review.ts'
import { as, buildProject, buildPrompt, buildSubmission, join, refusal } from '../support/world.ts'

const text = (en: string, zh?: string) => ({ en, ...(zh ? { zh } : {}) })
const example = { prompt: text('Who is Orson Kovacs?'), answer: text('I do not know.'), why: text('He is invented.') }
const rule = (slug: string, statement: string): GuidelineContent['rules'][number] => ({
  slug,
  principle: slug.split('/')[0] as 'truthful',
  level: 'must',
  title: text(`Title of ${slug}`, '不知道就说不知道'),
  statement: text(statement),
  rationale: text('Because.'),
  appliesTo: { roles: ['assistant'], categories: [] },
  good: example,
  bad: example,
  examples: [],
})
const content = (...rules: GuidelineContent['rules']): GuidelineContent => ({
  title: text('Guideline'),
  body: text('Read it.'),
  procedure: [],
  rules,
})

async function open() {
  const project = await buildProject()
  const manager = await join(project.id, 'manager')
  const save = (body: GuidelineContent, baseVersion: number) =>
    invoke(saveGuidelineDraft, { projectId: project.id, content: body, baseVersion }, as(manager))
  const publish = (bump: 'major' | 'minor' | 'patch', draftVersion: number, note = 'Another wording.') =>
    invoke(publishGuideline, { projectId: project.id, bump, note, draftVersion }, as(manager))
  return { project, manager, save, publish }
}

describe('publishing a guideline', () => {
  test('the first version is 1.0.0, then semver by what was chosen; earlier versions stay as they were', async () => {
    const { project, manager, save, publish } = await open()
    await save(content(rule('truthful/unknown', 'Say so.')), 0)
    expect((await publish('minor', 1)).version).toBe('1.0.0')
    await save(content(rule('truthful/unknown', 'Say so plainly.')), 0)
    expect((await publish('patch', 1)).version).toBe('1.0.1')
    const versions = await invoke(listGuidelineVersions, { projectId: project.id }, as(manager))
    expect(versions.items.map((item) => item.version)).toEqual(['1.0.1', '1.0.0'])
    expect((await invoke(getGuideline, { projectId: project.id, version: '1.0.0' }, as(manager))).rules[0]?.statement.en).toBe('Say so.')
    await expect(db.$executeRaw`UPDATE "rule" SET level = 'may'`).rejects.toThrow(/never change/)
  })

  test('a major version makes approved conversations stale whose reviews cite a changed rule, and says beforehand how many', async () => {
    const { project, manager, save, publish } = await open()
    await save(content(rule('truthful/unknown', 'Say so.'), rule('style/brief', 'Be brief.')), 0)
    await publish('major', 1)
    const reviewer = await join(project.id, 'reviewer')
    const approved: string[] = []
    for (const slug of ['truthful/unknown', 'style/brief']) {
      await buildPrompt(project.id)
      const { conversationId, revisionId } = await buildSubmission(project.id, await join(project.id, 'labeller'))
      await invoke(
        submitReview,
        { conversationId, revisionId, verdict: 'approve', comments: [{ body: 'Well done.', severity: 'nit', rule: slug }] },
        as(reviewer),
      )
      approved.push(conversationId)
    }
    await save(content(rule('truthful/unknown', 'Say so, and how to find out.'), rule('style/brief', 'Be brief.')), 0)
    expect(await invoke(previewGuidelineImpact, { projectId: project.id }, as(manager))).toEqual({
      changes: [{ slug: 'truthful/unknown', kind: 'changed', retiredIn: null, conversations: 1 }],
      isUnchanged: false,
      conversations: 1,
      versions: { major: '2.0.0', minor: '1.1.0', patch: '1.0.1' },
    })
    expect(await publish('major', 1)).toMatchObject({ version: '2.0.0', staleConversations: 1 })
    const states = await db.conversation.findMany({ where: { id: { in: approved } }, orderBy: { createdAt: 'asc' }, select: { state: true } })
    expect(states.map((row) => row.state)).toEqual(['stale', 'approved'])
  })

  test('a citation that was taken back touches nothing', async () => {
    const { project, manager, save, publish } = await open()
    await save(content(rule('truthful/unknown', 'Say so.')), 0)
    await publish('major', 1)
    await buildPrompt(project.id)
    const { conversationId, revisionId } = await buildSubmission(project.id, await join(project.id, 'labeller'))
    const [first, second] = [await join(project.id, 'reviewer'), await join(project.id, 'reviewer')]
    const comments = [{ body: 'Say so.', severity: 'major' as const, rule: 'truthful/unknown' }]
    const { reviewId } = await invoke(submitReview, { conversationId, revisionId, verdict: 'reject', comments }, as(first))
    await invoke(withdrawReview, { reviewId }, as(first))
    await invoke(submitReview, { conversationId, revisionId, verdict: 'approve' }, as(second))
    await save(content(rule('truthful/unknown', 'Say so, and how to find out.')), 0)
    expect((await invoke(previewGuidelineImpact, { projectId: project.id }, as(manager))).conversations).toBe(0)
    expect((await invoke(getGuideline, { projectId: project.id }, as(manager))).rules[0]?.citations).toBe(0)
    expect((await publish('major', 1)).staleConversations).toBe(0)
  })

  test('a draft that changed since it was read is not published, and a stale save is refused with the text there', async () => {
    const { save, publish } = await open()
    await save(content(rule('truthful/unknown', 'One.')), 0)
    await save(content(rule('truthful/unknown', 'Two.')), 1)
    expect((await refusal(publish('major', 1))).code).toBe('stale-version')
    const refused = await refusal(save(content(rule('truthful/unknown', 'Three.')), 1))
    expect(refused.code).toBe('stale-version')
    expect(JSON.stringify(refused.data)).toContain('Two.')
  })

  test.each([
    ['no rules', content(), 'at least one rule'],
    ['two rules of one slug', content(rule('truthful/a', 'x'), rule('truthful/a', 'y')), 'Two rules are called truthful/a'],
    ['a slug under another principle', content({ ...rule('truthful/a', 'x'), principle: 'style' }), 'must begin with'],
    ['a rule without a statement', content(rule('truthful/a', ' ')), 'needs a statement'],
  ])('%s is refused, naming the rule and the cure', async (_name, body, words) => {
    const { save, publish } = await open()
    await save(body, 0)
    const refused = await refusal(publish('minor', 1))
    expect(refused.code).toBe('invalid-input')
    expect(refused.message).toContain(words)
  })

  test('a version says what changed: without a note it is refused, and nothing is published', async () => {
    const { project, manager, save, publish } = await open()
    await save(content(rule('truthful/unknown', 'Say so.')), 0)
    for (const note of ['', ' \n\t'])
      expect(await refusal(publish('major', 1, note))).toMatchObject({ code: 'invalid-input', message: expect.stringContaining('Say what changed') })
    expect((await invoke(listGuidelineVersions, { projectId: project.id }, as(manager))).items).toEqual([])
    await publish('major', 1, 'The first.')
    expect((await invoke(listGuidelineVersions, { projectId: project.id }, as(manager))).items).toMatchObject([{ note: 'The first.' }])
  })

  test('a draft that says the same as the newest version is not published, whether or not it was saved; one with other words is', async () => {
    const { project, manager, save, publish } = await open()
    const impact = () => invoke(previewGuidelineImpact, { projectId: project.id }, as(manager))
    const first = content(rule('truthful/unknown', 'Say so.'))
    await save(first, 0)
    expect(await impact()).toMatchObject({ isUnchanged: false, versions: { major: '1.0.0', minor: '1.0.0', patch: '1.0.0' } })
    await publish('major', 1)
    expect(await refusal(publish('minor', 0))).toMatchObject({ code: 'guideline-unchanged', message: expect.stringContaining('1.0.0') })
    await save(first, 0)
    expect(await impact()).toMatchObject({ isUnchanged: true })
    expect((await refusal(publish('minor', 1))).code).toBe('guideline-unchanged')
    await save({ ...first, body: text('Read it twice.') }, 1)
    expect(await impact()).toMatchObject({ isUnchanged: false, changes: [], versions: { major: '2.0.0', minor: '1.1.0', patch: '1.0.1' } })
    expect((await publish('patch', 2)).version).toBe('1.0.1')
  })

  test('only a manager edits and publishes; every member reads', async () => {
    const { project, save, publish } = await open()
    const labeller = await join(project.id, 'labeller')
    expect((await refusal(invoke(getGuideline, { projectId: project.id }, as(labeller)))).code).toBe('not-found')
    await save(content(rule('truthful/unknown', 'Say so.')), 0)
    await publish('major', 1)
    expect((await invoke(getGuideline, { projectId: project.id }, as(labeller))).version).toBe('1.0.0')
    expect((await refusal(invoke(getGuidelineDraft, { projectId: project.id }, as(labeller)))).code).toBe('forbidden')
    expect(
      (
        await refusal(
          invoke(publishGuideline, { projectId: project.id, bump: 'major', note: 'Mine.', draftVersion: 0 }, as(await join(project.id, 'engineer'))),
        )
      ).code,
    ).toBe('forbidden')
  })

  test('rules are found by words of either language, best first', async () => {
    const { project, manager, save, publish } = await open()
    await save(content(rule('style/brief', 'Do not say what is not known to help.'), rule('truthful/unknown', 'Say when something is not known.')), 0)
    await publish('major', 1)
    const find = async (search: string) => (await invoke(searchRules, { projectId: project.id, search }, as(manager))).items.map((item) => item.slug)
    expect(await find('unknown')).toEqual(['truthful/unknown'])
    expect(await find('known say')).toEqual(['truthful/unknown', 'style/brief'])
    expect(await find('不知道')).toHaveLength(2)
    expect(await find('zebra')).toEqual([])
  })
})
