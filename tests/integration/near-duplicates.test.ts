import { describe, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import type { Person } from '#lib/domain/actor.ts'
import { ProjectChecks } from '#lib/domain/check/settings.ts'
import { setProjectChecks } from '#lib/services/check.ts'
import { withdrawConversation } from '#lib/services/conversation.ts'
import { saveDraft } from '#lib/services/draft.ts'
import { listNearDuplicates, signUnsigned } from '#lib/services/near-duplicate.ts'
import { invoke } from '#lib/services/operation.ts'
import { fixConversation, submitReview } from '#lib/services/review.ts'
import { submitConversation } from '#lib/services/submission.ts'
import { claimWork } from '#lib/services/work.ts'
import { as, assistant, buildGuideline, buildProject, buildPrompt, buildSubmission, join, refusal, user } from '../support/world.ts'

const ANSWER =
  'The library opens at nine in the morning and closes at six in the evening, except on Sundays and on holidays, when it stays closed all day long.'
const CHANGED = `Certainly. ${ANSWER}`
const OTHER =
  'Nobody told me when the museum opens, so I cannot say. Please look at its own page, or call the people who work there before you set out for it.'

async function openProject() {
  const { id: projectId } = await buildProject()
  const [first, second, reviewer] = [await join(projectId, 'labeller'), await join(projectId, 'labeller'), await join(projectId, 'reviewer')]
  return { projectId, first, second, reviewer, manager: await join(projectId, 'manager') }
}

async function answered(projectId: string, author: Person, answer: string) {
  await buildPrompt(projectId)
  return buildSubmission(projectId, author, answer)
}

async function begin(projectId: string, author: Person) {
  await buildPrompt(projectId)
  const { conversationId } = await invoke(claimWork, { projectId }, as(author))
  return conversationId ?? ''
}

const submit = (conversationId: string, author: Person, answer: string, acknowledgements: { message: string; quote: string }[] = [], id?: string) => {
  const said = assistant(answer)
  const messages = [user('When does it open?'), { ...said, id: id ?? said.id }]
  const given = acknowledgements.map((each) => ({ ...each, check: 'near-duplicate', reason: 'The same desk answers both.' }))
  return invoke(
    submitConversation,
    { conversationId, baseVersion: 0, content: { messages, tools: [], ...(given.length > 0 && { acknowledgements: given }) } },
    as(author),
  )
}

const alike = async (conversationId: string, reader: Person) => (await invoke(listNearDuplicates, { conversationId }, as(reader))).items

describe('a submission in nearly the words of another', () => {
  test('is refused with the passage, but not with whose it is; with a reason it is taken', async () => {
    const { projectId, first, second } = await openProject()
    await answered(projectId, first, ANSWER)
    const conversationId = await begin(projectId, second)
    const refused = await refusal(submit(conversationId, second, CHANGED, [], 'a1'))
    expect(refused.code).toBe('checks-open')
    const [finding] = refused.data.findings as { quote: string; values: object }[]
    expect(finding).toMatchObject({ check: 'near-duplicate', level: 'warning', values: { conversation: '' }, at: { message: 'a1' } })
    expect(finding?.quote).toBe(CHANGED.slice(0, 80))
    expect(await db.revision.count({ where: { conversationId } })).toBe(0)
    await submit(conversationId, second, CHANGED, [{ message: 'a1', quote: finding?.quote ?? '' }], 'a1')
  })

  test('is taken when the answer is another, is short, or the project looks for none', async () => {
    const { projectId, first, second, manager } = await openProject()
    await answered(projectId, first, ANSWER)
    await submit(await begin(projectId, second), second, OTHER)
    await submit(await begin(projectId, second), second, 'I do not know.')
    await submit(await begin(projectId, second), second, 'I do not know.')
    await invoke(setProjectChecks, { projectId, checks: ProjectChecks.parse({ levels: { 'near-duplicate': 'off' } }) }, as(manager))
    await submit(await begin(projectId, second), second, ANSWER)
  })

  test('is not held against itself, other projects, or what was withdrawn', async () => {
    const { projectId, first, second } = await openProject()
    const elsewhere = await openProject()
    await answered(elsewhere.projectId, elsewhere.first, ANSWER)
    const mine = await answered(projectId, first, ANSWER)
    expect(await alike(mine.conversationId, first)).toEqual([])
    await invoke(withdrawConversation, { conversationId: mine.conversationId, reason: 'Written by mistake.' }, as(first))
    await submit(await begin(projectId, second), second, ANSWER)
  })

  test('a fix in place is held to it, too', async () => {
    const { projectId, first, second, reviewer } = await openProject()
    await answered(projectId, first, ANSWER)
    const { conversationId, revisionId } = await answered(projectId, second, OTHER)
    const content = { messages: [user('When does it open?'), assistant(CHANGED)], tools: [] }
    const refused = await refusal(invoke(fixConversation, { conversationId, revisionId, content }, as(reviewer)))
    expect(refused).toMatchObject({ code: 'checks-open', data: { findings: [{ check: 'near-duplicate' }] } })
  })
})

describe('the list of near-duplicates', () => {
  test('names the other to those who may read it alone, and looks at an author’s draft', async () => {
    const { projectId, first, second, reviewer } = await openProject()
    const original = await answered(projectId, first, ANSWER)
    const conversationId = await begin(projectId, second)
    expect(await alike(conversationId, second)).toEqual([])
    const said = assistant(CHANGED)
    await invoke(saveDraft, { conversationId, baseVersion: 0, content: { messages: [user('When?'), said], tools: [] } }, as(second))
    const [found, ...more] = await alike(conversationId, second)
    expect(more).toEqual([])
    expect(found).toMatchObject({ other: null, passage: { message: said.id } })
    expect(found?.share).toBeGreaterThan(0.7)
    expect(found?.share).toBeLessThan(1)
    // A draft is its author's alone.
    expect(await alike(conversationId, reviewer)).toEqual([])
    const copy = await answered(projectId, second, OTHER)
    expect(await alike(copy.conversationId, reviewer)).toEqual([])
    expect((await refusal(invoke(listNearDuplicates, { conversationId: original.conversationId }, as(second)))).code).toBe('not-found')
  })

  test('knows of imported answers when the worker has signed them, the most alike first', async () => {
    const { projectId, first, second, reviewer } = await openProject()
    const one = await answered(projectId, first, ANSWER)
    const two = await answered(projectId, first, OTHER)
    // As imported: nobody has signed them.
    await db.$executeRaw`DELETE FROM "near_duplicate_key"`
    await db.conversation.updateMany({ where: { projectId }, data: { signedRevisionId: null } })
    const conversationId = await begin(projectId, second)
    await submit(conversationId, second, ANSWER)
    expect(await alike(conversationId, reviewer)).toEqual([])
    await signUnsigned()
    expect(await db.conversation.count({ where: { projectId, currentRevisionId: { not: null }, signedRevisionId: null } })).toBe(0)
    expect(await alike(conversationId, reviewer)).toMatchObject([{ share: 1, other: { id: one.conversationId, state: 'submitted' } }])
    expect(await alike(two.conversationId, reviewer)).toEqual([])
    // Again, there is nothing to do.
    await signUnsigned()
    expect(await alike(one.conversationId, reviewer)).toMatchObject([{ other: { id: conversationId } }])
  })

  test('copies that were rejected do not hide the one that stands', async () => {
    const { projectId, first, second, reviewer, manager } = await openProject()
    await buildGuideline(projectId, 'style/own-words')
    await invoke(setProjectChecks, { projectId, checks: ProjectChecks.parse({ levels: { 'near-duplicate': 'off' } }) }, as(manager))
    const comments = [{ body: 'A copy.', severity: 'major' as const, rule: 'style/own-words' }]
    for (let count = 0; count < 40; count++) {
      const { conversationId, revisionId } = await answered(projectId, second, ANSWER)
      await invoke(submitReview, { conversationId, revisionId, verdict: 'reject', comments }, as(reviewer))
    }
    const original = await answered(projectId, first, ANSWER)
    const copy = await answered(projectId, second, ANSWER)
    expect(await alike(copy.conversationId, reviewer)).toMatchObject([{ share: 1, other: { id: original.conversationId } }])
  })

  test('a text that half the project has costs no more than one that few have', async () => {
    const { projectId, first, reviewer, manager } = await openProject()
    await invoke(setProjectChecks, { projectId, checks: ProjectChecks.parse({ levels: { 'near-duplicate': 'off' } }) }, as(manager))
    for (let count = 0; count < 40; count++) await answered(projectId, first, ANSWER)
    const { conversationId } = await answered(projectId, first, ANSWER)
    const found = await alike(conversationId, reviewer)
    expect(found).toHaveLength(6)
    expect(found.every(({ share }) => share === 1)).toBe(true)
  })
})
