import { describe, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import type { Acknowledgement } from '#lib/domain/check/acknowledgement.ts'
import { getProjectChecks, setProjectChecks } from '#lib/services/check.ts'
import { getConversation } from '#lib/services/conversation.ts'
import { getDraft, saveDraft } from '#lib/services/draft.ts'
import { invoke } from '#lib/services/operation.ts'
import { fixConversation, submitReview } from '#lib/services/review.ts'
import { submitConversation } from '#lib/services/submission.ts'
import { claimWork, resumeWork } from '#lib/services/work.ts'
import { as, assistant, buildGuideline, buildProject, buildPrompt, join, refusal, user } from '../support/world.ts'

async function startWriting(text = 'Who are you?') {
  const project = await buildProject()
  const [manager, author, reviewer] = [await join(project.id, 'manager'), await join(project.id, 'labeller'), await join(project.id, 'reviewer')]
  await buildPrompt(project.id, { text })
  const lease = await invoke(claimWork, { projectId: project.id }, as(author))
  return { project, manager, author, reviewer, conversationId: lease.conversationId ?? '' }
}

const question = user('Who are you?')
const stained = assistant('I am ChatGPT. Ask anna.berg@gmx.de.')
const content = { messages: [question, stained], tools: [] }
const reasonsFor = (...given: [check: string, quote: string][]): Acknowledgement[] =>
  given.map(([check, quote]) => ({ check, message: stained.id, quote, reason: 'The brief asks for it.' }))
const both = reasonsFor(['foreign-identity', 'I am ChatGPT'], ['personal-email', 'anna.berg@gmx.de'])

describe('a submission', () => {
  test('with open warnings is refused, names each, and changes nothing; with a reason for each it is kept with them', async () => {
    const { author, reviewer, conversationId } = await startWriting()
    const send = (acknowledgements?: Acknowledgement[]) =>
      invoke(
        submitConversation,
        { conversationId, baseVersion: 0, content: { ...content, ...(acknowledgements && { acknowledgements }) } },
        as(author),
      )
    const refused = await refusal(send())
    expect(refused.code).toBe('checks-open')
    expect(refused.message).toMatch(/Message 2: .*“I am ChatGPT”.*Message 2: .*“anna\.berg@gmx\.de”.*acknowledgements/)
    expect(refused.data.findings).toMatchObject([{ check: 'foreign-identity' }, { check: 'personal-email' }])
    expect((await refusal(send(both.slice(0, 1)))).data.findings).toMatchObject([{ check: 'personal-email' }])
    expect(await db.revision.count({ where: { conversationId } })).toBe(0)
    expect(await invoke(getDraft, { conversationId }, as(author))).toMatchObject({ version: 0 })
    const sent = await send(both)
    const seen = await invoke(getConversation, { conversationId }, as(reviewer))
    expect(seen.revisions.at(-1)?.acknowledgements).toEqual(both)
    // The reasons are no part of the text.
    const plain = await db.revision.findUniqueOrThrow({ where: { id: sent.revisionId } })
    expect(plain.messages).toEqual(content.messages)
  })

  test('with an error is refused whatever reason is given', async () => {
    const { author, conversationId } = await startWriting()
    const key = ['ghp_', 'b'.repeat(36)].join('')
    const leaking = assistant(`Use ${key}`)
    const acknowledgements = [{ check: 'secret', message: leaking.id, quote: key, reason: 'It is old.' }]
    const send = invoke(
      submitConversation,
      { conversationId, baseVersion: 0, content: { messages: [question, leaking], tools: [], acknowledgements } },
      as(author),
    )
    expect(await refusal(send)).toMatchObject({ code: 'checks-open', data: { findings: [{ check: 'secret', level: 'error' }] } })
  })

  test('keeps its reasons in the draft and over rounds, and a fix in place is held to the same checks', async () => {
    const { project, author, reviewer, conversationId } = await startWriting()
    await buildGuideline(project.id, 'truthful/identity')
    await invoke(saveDraft, { conversationId, baseVersion: 0, content: { ...content, acknowledgements: both } }, as(author))
    expect((await invoke(getDraft, { conversationId }, as(author))).content.acknowledgements).toEqual(both)
    const sent = await invoke(submitConversation, { conversationId, baseVersion: 1, content: { ...content, acknowledgements: both } }, as(author))
    const worse = { ...content, messages: [question, { ...stained, content: `${stained.content} Or bert.berg@gmx.de.` }], acknowledgements: both }
    const fix = (fixed: typeof worse) => invoke(fixConversation, { conversationId, revisionId: sent.revisionId, content: fixed }, as(reviewer))
    expect(await refusal(fix(worse))).toMatchObject({
      code: 'checks-open',
      data: { findings: [{ check: 'personal-email', quote: 'bert.berg@gmx.de' }] },
    })
    const comments = [{ body: 'Say who you are.', severity: 'major' as const, rule: 'truthful/identity' }]
    await invoke(submitReview, { conversationId, revisionId: sent.revisionId, verdict: 'request-changes', comments }, as(reviewer))
    await invoke(resumeWork, { conversationId }, as(author))
    expect((await invoke(getDraft, { conversationId }, as(author))).content.acknowledgements).toEqual(both)
  })
})

describe('the project’s checks', () => {
  test('take another level, words of its own, and go by the language of the prompt', async () => {
    const { project, manager, author, conversationId } = await startWriting()
    const pattern = { id: 'no-delving', expression: 'delv(e|ing)', roles: ['assistant' as const], level: 'error' as const, message: 'Say look into.' }
    const checks = { levels: { 'foreign-identity': 'off' as const, 'personal-email': 'note' as const }, patterns: [pattern] }
    const set = await invoke(setProjectChecks, { projectId: project.id, checks }, as(manager))
    expect(set.checks).toMatchObject({ ...checks, maxTurns: 60 })
    expect((await invoke(getProjectChecks, { projectId: project.id }, as(author))).checks).toEqual(set.checks)
    const delving = { messages: [question, { ...stained, content: `${stained.content} We delve.` }], tools: [] }
    const refused = await refusal(invoke(submitConversation, { conversationId, baseVersion: 0, content: delving }, as(author)))
    expect(refused.message).toContain('Say look into.')
    expect(refused.data.findings).toMatchObject([{ check: 'pattern/no-delving' }])
    expect(await invoke(submitConversation, { conversationId, baseVersion: 0, content }, as(author))).toMatchObject({ state: 'submitted' })
  })

  test.each([
    [{ levels: { spelling: 'error' } }, 'there is no check “spelling”'],
    [
      {
        patterns: [
          { id: 'a', expression: 'x', level: 'note' },
          { id: 'a', expression: 'y', level: 'note' },
        ],
      },
      'two expressions are called “a”',
    ],
  ])('%j is refused and leaves what was', async (checks, reason) => {
    const { project, manager } = await startWriting()
    expect(await refusal(invoke(setProjectChecks, { projectId: project.id, checks: checks as never }, as(manager)))).toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining(reason),
    })
    expect((await db.project.findUniqueOrThrow({ where: { id: project.id } })).checks).toEqual({})
  })

  test('a text without a language of its own is checked in the project’s, as the editor is told', async () => {
    const { project, author, conversationId } = await startWriting()
    await db.conversation.update({ where: { id: conversationId }, data: { language: '' } })
    expect((await invoke(getProjectChecks, { projectId: project.id }, as(author))).language).toBe('en')
    const german = { messages: [question, assistant('Der schnelle braune Fuchs springt über den faulen Hund und läuft in den Wald.')], tools: [] }
    const send = invoke(submitConversation, { conversationId, baseVersion: 0, content: german }, as(author))
    expect(await refusal(send)).toMatchObject({ code: 'checks-open', data: { total: 1, findings: [{ check: 'language' }] } })
  })

  test('what an earlier version stored is no reason to refuse a text, and can be saved again', async () => {
    const { project, manager, author, conversationId } = await startWriting()
    const stored = { levels: { spelling: 'error', 'foreign-identity': 'off', 'personal-email': 'off' }, theme: 'dark' }
    await db.project.update({ where: { id: project.id }, data: { checks: stored } })
    const { checks } = await invoke(getProjectChecks, { projectId: project.id }, as(author))
    expect(checks.levels).toEqual({ 'foreign-identity': 'off', 'personal-email': 'off' })
    await invoke(setProjectChecks, { projectId: project.id, checks }, as(manager))
    expect(await invoke(submitConversation, { conversationId, baseVersion: 0, content }, as(author))).toMatchObject({ state: 'submitted' })
  })

  test('a schema that takes for ever is cut off, and the next text is checked as before', async () => {
    const { author, conversationId } = await startWriting()
    const levels = Array.from({ length: 60 }, (_, index) => [
      `l${index}`,
      { allOf: [{ $ref: `#/$defs/l${index + 1}` }, { $ref: `#/$defs/l${index + 1}` }] },
    ])
    const parameters = JSON.stringify({ $ref: '#/$defs/l0', $defs: { ...Object.fromEntries(levels), l60: { type: 'object' } } })
    const slow = assistant('')
    const calls = { ...slow, toolCalls: [{ id: 'c', name: 'find', arguments: '{}' }] }
    const tools = [{ name: 'find', description: '', parameters }]
    const messages = [question, calls, { ...user('none'), role: 'tool' as const, toolCallId: 'c' }, assistant('Nothing.')]
    const send = invoke(submitConversation, { conversationId, baseVersion: 0, content: { messages, tools } }, as(author))
    expect(await refusal(send)).toMatchObject({ code: 'checks-open', message: expect.stringContaining('take too long') })
    const plain = { messages: [question, assistant('I am Juniper.')], tools: [] }
    expect(await invoke(submitConversation, { conversationId, baseVersion: 0, content: plain }, as(author))).toMatchObject({ state: 'submitted' })
  })

  test('an expression that is none is refused at its place', async () => {
    const { project, manager } = await startWriting()
    const checks = { patterns: [{ id: 'a', expression: '(', level: 'note' as const }] }
    await expect(invoke(setProjectChecks, { projectId: project.id, checks }, as(manager))).rejects.toMatchObject({
      message: expect.stringMatching(/expression/),
    })
  })
})
