import { describe, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import type { GuidelineContent } from '#lib/domain/guideline.ts'
import { inLanguage, toMarkdown } from '#lib/domain/guideline-markdown.ts'
import {
  getGuideline,
  getGuidelineDraft,
  listRetiredRules,
  previewGuidelineImpact,
  publishGuideline,
  saveGuidelineDraft,
} from '#lib/services/guideline.ts'
import { writeDraft } from '#lib/services/guideline-content.ts'
import { exportGuideline, exportGuidelineDraft, importGuideline, previewGuidelineImport } from '#lib/services/guideline-exchange.ts'
import { searchGuideline, searchRules } from '#lib/services/guideline-search.ts'
import { invoke } from '#lib/services/operation.ts'
import { submitReview } from '#lib/services/review.ts'
import { longGuideline } from '../support/long-guideline.ts'
import { as, buildProject, buildPrompt, buildSubmission, join, refusal } from '../support/world.ts'

const rule = (slug: string, title: string, statement = 'Do it.'): GuidelineContent['rules'][number] => ({
  slug,
  principle: 'truthful',
  level: 'must',
  title: { en: title, zh: `${title}（中文）` },
  statement: { en: statement },
  rationale: {},
  appliesTo: { roles: [], categories: [] },
  good: { prompt: {}, answer: {}, why: {} },
  bad: { prompt: {}, answer: {}, why: {} },
  examples: [],
})
const content = (...rules: GuidelineContent['rules']): GuidelineContent => ({
  title: { en: 'Guideline', zh: '准则' },
  body: { en: 'Read it.', zh: '请读。' },
  procedure: [{ id: 'levels', text: { en: 'The higher level wins.', zh: '级别高的优先。' }, ranks: ['must', 'should', 'may'] }],
  rules,
})

async function open(first: GuidelineContent) {
  const { id: projectId } = await buildProject()
  const manager = await join(projectId, 'manager')
  const publish = async (text: GuidelineContent, bump: 'major' | 'minor' | 'patch' = 'minor') => {
    const draft = await invoke(getGuidelineDraft, { projectId }, as(manager))
    const saved = await invoke(saveGuidelineDraft, { projectId, content: text, baseVersion: draft.version }, as(manager))
    return invoke(publishGuideline, { projectId, bump, note: 'Another wording.', draftVersion: saved.version }, as(manager))
  }
  await publish(first)
  return { projectId, manager, publish, draft: () => invoke(getGuidelineDraft, { projectId }, as(manager)) }
}

describe('a guideline as a file', () => {
  test('says beforehand what it changes, changes one language, and keeps the other', async () => {
    const { projectId, manager, draft } = await open(content(rule('truthful/a', 'A'), rule('truthful/b', 'B')))
    const file = await invoke(exportGuideline, { projectId, language: 'en' }, as(manager))
    expect(file instanceof File && file.name).toBe('guideline-1.0.0.en.md')
    const text = (await file.text()).replace('## B {#truthful/b', '## C {#truthful/c').replace('Do it.', 'Do it now.')
    const sent = { projectId, language: 'en' as const, text }
    const seen = await invoke(previewGuidelineImport, sent, as(manager))
    const changes = {
      rules: [
        { slug: 'truthful/a', kind: 'changed' },
        { slug: 'truthful/c', kind: 'added' },
        { slug: 'truthful/b', kind: 'removed' },
      ],
      title: false,
      body: false,
      procedure: false,
      order: false,
    }
    expect(seen).toEqual({ draftVersion: 0, faults: [], changes })
    expect(await db.guidelineDraft.count({ where: { projectId } })).toBe(0)
    expect(await invoke(importGuideline, { ...sent, baseVersion: 0 }, as(manager))).toMatchObject({ version: 1, changes })
    const { content: now } = await draft()
    expect(now.rules.map(({ slug, title, statement }) => [slug, title, statement.en])).toEqual([
      ['truthful/a', { en: 'A', zh: 'A（中文）' }, 'Do it now.'],
      ['truthful/c', { en: 'C' }, 'Do it.'],
    ])
    expect(now.procedure[0]?.text).toEqual({ en: 'The higher level wins.', zh: '级别高的优先。' })
    // The draft's own file says the same again: nothing changes.
    const own = await invoke(exportGuidelineDraft, { projectId, language: 'zh' }, as(manager))
    const again = await invoke(previewGuidelineImport, { projectId, language: 'zh', text: await own.text() }, as(manager))
    expect(again.changes).toMatchObject({ rules: [], title: false, body: false, procedure: false, order: false })
  })

  test('one that cannot be read is refused by line, heading and cure; one that names no rule too; and one over a newer draft', async () => {
    const { projectId, manager } = await open(content(rule('truthful/a', 'A')))
    const send = (text: string, baseVersion = 0) => invoke(importGuideline, { projectId, language: 'en', text, baseVersion }, as(manager))
    const broken = await refusal(send('# T\n\n## A {#truthful/a level=perhaps}\n'))
    expect(broken).toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('Line 3, under “A”: there is no level “perhaps”; write level=must'),
    })
    expect(await refusal(send('# A readme\n\nWords.\n'))).toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('no heading names a rule'),
    })
    expect((await refusal(send('## A {#truthful/a level=must}\n\nDo.\n', 7))).code).toBe('stale-version')
    expect((await refusal(send('## A {#truthful/a}\n\n\u0000\n'))).code).toBe('invalid-input')
    // A name that only JSON can hide.
    const hidden = await refusal(send('# T\n\n~~~json verbatim\n"\\u0000"\n~~~\n\n## A {#truthful/a}\n\nDo.\n'))
    expect(hidden).toMatchObject({ code: 'invalid-input', message: expect.stringContaining('body.en contains a NUL character (U+0000); remove it') })
    const long = await refusal(send(`${'x'.repeat(200_001)}\n\n## A {#truthful/a}\n\nDo.\n`))
    expect(long).toMatchObject({ code: 'invalid-input', message: expect.stringContaining('body.en is longer than 200000 characters; shorten it') })
    expect((await refusal(send('## A {#truthful/a}\n\n~~~json example\n[null]\n~~~\n'))).message).toContain('this example cannot be read')
    const preview = await invoke(previewGuidelineImport, { projectId, language: 'en', text: '## A {#truthful/a level=x}' }, as(manager))
    expect(preview).toMatchObject({ changes: null, faults: [{ line: 1, heading: 'A' }] })
    expect(await db.guidelineDraft.count({ where: { projectId } })).toBe(0)
  })

  test('three hundred pages are imported, published, searched in both languages and exported again', { timeout: 120_000 }, async () => {
    const long = longGuideline()
    const { projectId, manager } = await open(content(rule('truthful/a', 'A')))
    let version = 0
    for (const language of ['en', 'zh'] as const)
      ({ version } = await invoke(importGuideline, { projectId, language, text: toMarkdown(long, language), baseVersion: version }, as(manager)))
    await invoke(publishGuideline, { projectId, bump: 'major', note: 'All of it.', draftVersion: version }, as(manager))
    const published = await invoke(getGuideline, { projectId }, as(manager))
    expect(published.rules.map(({ citations: _citations, rulings: _rulings, lapsed: _lapsed, ...each }) => each)).toEqual(long.rules)
    const exported = await invoke(exportGuideline, { projectId, language: 'zh', version: '2.0.0' }, as(manager))
    expect(await exported.text()).toBe(toMarkdown(inLanguage(long, 'zh'), 'zh'))
    const wanted = long.rules[100]
    const search = (words: string, language: 'en' | 'zh') => invoke(searchGuideline, { projectId, search: words, language, limit: 20 }, as(manager))
    expect((await search(wanted?.slug ?? '', 'en')).items[0]).toMatchObject({ kind: 'rule', name: wanted?.slug })
    const chinese = await search('核对每个数字', 'zh')
    expect(chinese.items[0]?.title.text).toContain('核对每个数字')
    expect(chinese.items[0]?.title.marks.length).toBe(1)
    expect(chinese.count).toBeGreaterThan(20)
    expect((await search('zebra', 'en')).items).toEqual([])
    expect(await refusal(search('  ', 'en'))).toMatchObject({ code: 'invalid-input', message: expect.stringContaining('at least one word') })
    expect((await refusal(invoke(searchGuideline, { projectId, search: 'x', version: '9.9.9', language: 'en', limit: 20 }, as(manager)))).code).toBe(
      'not-found',
    )
  })
})

describe('a rule that was retired', () => {
  test('says since when and what it is called now; citing it is refused with the cure; bringing the name back is said', async () => {
    const { projectId, manager, publish } = await open(content(rule('truthful/a', 'A', 'Say A.'), rule('truthful/b', 'B', 'Say B.')))
    await publish(content(rule('truthful/other', 'A', 'Say A.')))
    const retired = await invoke(listRetiredRules, { projectId }, as(manager))
    expect(retired.items).toMatchObject([
      { slug: 'truthful/a', lastVersion: '1.0.0', retiredIn: '1.1.0', renamedTo: 'truthful/other' },
      { slug: 'truthful/b', lastVersion: '1.0.0', retiredIn: '1.1.0', renamedTo: null },
    ])
    await buildPrompt(projectId)
    const { conversationId, revisionId } = await buildSubmission(projectId, await join(projectId, 'labeller'))
    const reviewer = await join(projectId, 'reviewer')
    const cite = (slug: string) =>
      refusal(
        invoke(
          submitReview,
          { conversationId, revisionId, verdict: 'reject', comments: [{ body: 'No.', severity: 'major', rule: slug }] },
          as(reviewer),
        ),
      )
    expect(await cite('truthful/a')).toMatchObject({
      code: 'unknown-rule',
      message: expect.stringMatching(/retired in version 1\.1\.0.*Cite “truthful\/other”/),
    })
    expect((await cite('truthful/b')).message).toContain('Search for the rule that holds now')
    expect((await cite('truthful/never')).message).toContain('has no rule “truthful/never”')
    const back = content(rule('truthful/other', 'A', 'Say A.'), rule('truthful/b', 'Another', 'Something else.'))
    const { version } = await invoke(saveGuidelineDraft, { projectId, content: back, baseVersion: 0 }, as(manager))
    const impact = await invoke(previewGuidelineImpact, { projectId }, as(manager))
    expect(impact.changes).toEqual([{ slug: 'truthful/b', kind: 'added', retiredIn: '1.1.0', conversations: 0 }])
    await invoke(publishGuideline, { projectId, bump: 'minor', note: 'Back.', draftVersion: version }, as(manager))
    expect((await invoke(listRetiredRules, { projectId }, as(manager))).items.map(({ slug }) => slug)).toEqual(['truthful/a'])
  })
})

test('a name given twice to one rule leads to the rule that holds now; one that led nowhere, nowhere', async () => {
  const { projectId, manager, publish } = await open(content(rule('truthful/a', 'A', 'Say it.'), rule('truthful/x', 'X', 'Say X.')))
  await publish(content(rule('truthful/b', 'A', 'Say it well.'), rule('truthful/y', 'X', 'Say X.')))
  await publish(content(rule('truthful/c', 'C', 'Say it well.')))
  const { items } = await invoke(listRetiredRules, { projectId }, as(manager))
  expect(items.map(({ slug, retiredIn, renamedTo }) => [slug, retiredIn, renamedTo])).toEqual([
    ['truthful/a', '1.1.0', 'truthful/c'],
    ['truthful/b', '1.2.0', 'truthful/c'],
    ['truthful/x', '1.1.0', null],
    ['truthful/y', '1.2.0', null],
  ])
  await buildPrompt(projectId)
  const { conversationId, revisionId } = await buildSubmission(projectId, await join(projectId, 'labeller'))
  const comments = [{ body: 'No.', severity: 'major' as const, rule: 'truthful/a' }]
  const reviewer = as(await join(projectId, 'reviewer'))
  const refused = await refusal(invoke(submitReview, { conversationId, revisionId, verdict: 'reject', comments }, reviewer))
  expect(refused).toMatchObject({ code: 'unknown-rule', message: expect.stringContaining('Cite “truthful/c”') })
})

test('the draft is not written where it could not be read again', async () => {
  const { projectId } = await open(content(rule('truthful/a', 'A')))
  const broken = { ...content(rule('truthful/a', 'A')), body: { en: 'x'.repeat(200_001) } }
  const refused = await refusal(db.$transaction((tx) => writeDraft(tx, projectId, { baseVersion: 0, content: broken, updatedById: null })))
  expect(refused).toMatchObject({ code: 'invalid-input', data: { issues: [{ path: 'body.en' }] } })
})

describe('an example that is a conversation', () => {
  test('is an approved one of this project, or the draft is not saved', async () => {
    const { projectId, manager } = await open(content(rule('truthful/a', 'A')))
    const other = await buildProject()
    const made: string[] = []
    for (const project of [projectId, projectId, other.id]) {
      await buildPrompt(project)
      const { conversationId, revisionId } = await buildSubmission(project, await join(project, 'labeller'))
      if (made.length !== 1) await invoke(submitReview, { conversationId, revisionId, verdict: 'approve' }, as(await join(project, 'reviewer')))
      made.push(conversationId)
    }
    const [approved = '', submitted = '', foreign = ''] = made
    const showing = (conversationId: string) =>
      content({
        ...rule('truthful/a', 'A'),
        examples: [{ verdict: 'good', prompt: {}, answer: {}, why: { en: 'As it should be.' }, conversationId }],
      })
    const save = (conversationId: string) => invoke(saveGuidelineDraft, { projectId, content: showing(conversationId), baseVersion: 0 }, as(manager))
    for (const id of [submitted, foreign, crypto.randomUUID()]) {
      const refused = await refusal(save(id))
      expect(refused).toMatchObject({ code: 'invalid-input', data: { issues: [{ path: 'rules.0.examples.0.conversationId' }] } })
      expect(refused.message).toContain('no approved conversation of this project')
    }
    await save(approved)
    const seen = await invoke(getGuidelineDraft, { projectId }, as(manager))
    expect(seen.lapsed).toEqual([])
    const file = await invoke(exportGuidelineDraft, { projectId, language: 'en' }, as(manager))
    expect(await file.text()).toContain(`<assistant conversation="${approved}"> <!-- GOOD: As it should be. -->`)
  })

  test('that is approved no more is told, and hinders nobody; another such is not taken', async () => {
    const { projectId, manager, draft } = await open(content(rule('truthful/a', 'A')))
    const made: string[] = []
    for (let nth = 0; nth < 2; nth++) {
      await buildPrompt(projectId)
      const { conversationId, revisionId } = await buildSubmission(projectId, await join(projectId, 'labeller'))
      await invoke(submitReview, { conversationId, revisionId, verdict: 'approve' }, as(await join(projectId, 'reviewer')))
      made.push(conversationId)
    }
    const [shown = '', other = ''] = made
    const showing = (statement: string, ...ids: string[]) =>
      content({
        ...rule('truthful/a', 'A', statement),
        examples: ids.map((conversationId) => ({ verdict: 'good' as const, prompt: {}, answer: {}, why: {}, conversationId })),
      })
    const save = async (text: GuidelineContent) =>
      invoke(saveGuidelineDraft, { projectId, content: text, baseVersion: (await draft()).version }, as(manager))
    await save(showing('Do it.', shown))
    await db.conversation.updateMany({ where: { id: { in: made } }, data: { state: 'rejected' } })
    const { version } = await save(showing('Do it well.', shown))
    expect((await draft()).lapsed).toEqual([shown])
    const refused = await refusal(save(showing('Do it well.', shown, other)))
    expect(refused).toMatchObject({ code: 'invalid-input', data: { issues: [{ path: 'rules.0.examples.1.conversationId' }] } })
    const file = await invoke(exportGuidelineDraft, { projectId, language: 'en' }, as(manager))
    const text = (await file.text()).replace('Do it well.', 'Do it at once.')
    await invoke(importGuideline, { projectId, language: 'en', text, baseVersion: version }, as(manager))
    const published = await invoke(publishGuideline, { projectId, bump: 'minor', note: 'Said better.', draftVersion: version + 1 }, as(manager))
    expect(published.rules.map(({ slug, lapsed }) => [slug, lapsed])).toEqual([['truthful/a', [shown]]])
    const found = await invoke(searchRules, { projectId, search: 'once' }, as(manager))
    expect(found.items.map(({ slug, lapsed }) => [slug, lapsed])).toEqual([['truthful/a', [shown]]])
    // Taken out and, on second thoughts, put back.
    await save(showing('Do it.'))
    await save(showing('Do it.', shown))
  })
})
