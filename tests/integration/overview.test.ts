import { afterAll, describe, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import { env } from '#lib/env.ts'
import { getGuidelineDraft } from '#lib/services/guideline.ts'
import { getHome } from '#lib/services/home.ts'
import { listImports } from '#lib/services/import.ts'
import { invoke } from '#lib/services/operation.ts'
import { createFirstAdmin } from '#lib/services/people.ts'
import { getPrompt } from '#lib/services/prompt.ts'
import { getQuality } from '#lib/services/quality.ts'
import { closeSender } from '#lib/services/queue.ts'
import { submitReview } from '#lib/services/review.ts'
import { listOwnVerdicts } from '#lib/services/verdict.ts'
import { send } from '../support/http.ts'
import { as, buildGuideline, buildProject, buildPrompt, buildSubmission, join, refusal } from '../support/world.ts'

afterAll(closeSender)

// Without the demo, whose accounts are the first.
Object.assign(env, { EXEMPLAR_DEMO: 'off' })

test('the first visitor makes the first admin, and nobody a second one that way', async () => {
  const input = { email: 'first@example.test', name: 'First', password: 'a long enough passphrase 1' }
  const { status, body } = await send('/set-up', { method: 'POST', body: input, headers: { origin: 'http://127.0.0.1:3000' } })
  expect(status).toBe(201)
  const { id } = body
  expect(await db.user.findUniqueOrThrow({ where: { id } })).toMatchObject({ isAdmin: true, email: 'first@example.test' })
  expect(await refusal(invoke(createFirstAdmin, { ...input, email: 'second@example.test' }, as(null)))).toMatchObject({ code: 'set-up-done' })
})

describe('what a project shows', () => {
  async function open() {
    const project = await buildProject()
    await buildGuideline(project.id)
    const people = {
      labeller: await join(project.id, 'labeller'),
      reviewer: await join(project.id, 'reviewer'),
      engineer: await join(project.id, 'engineer'),
      manager: await join(project.id, 'manager'),
    }
    const returned = await judge(project.id, people, 'request-changes')
    const approved = await judge(project.id, people, 'approve')
    await buildPrompt(project.id)
    await buildSubmission(project.id, people.labeller)
    return { project, ...people, returned, approved }
  }
  async function judge(
    projectId: string,
    people: Record<'labeller' | 'reviewer', Awaited<ReturnType<typeof join>>>,
    verdict: 'approve' | 'request-changes',
  ) {
    const author = await join(projectId, 'labeller')
    const prompt = await buildPrompt(projectId)
    const submission = await buildSubmission(projectId, author)
    const { conversationId, revisionId } = submission
    const comments = verdict === 'approve' ? [] : [{ body: 'Say so.', rule: 'truthful/unknown', severity: 'major' as const }]
    await invoke(submitReview, { conversationId, revisionId, verdict, comments }, as(people.reviewer))
    return { author, prompt, conversationId }
  }

  test('home tells each what to do next, and only what they may', async () => {
    const { project, labeller, reviewer, engineer, manager, returned } = await open()
    const homeOf = (person: typeof labeller) => invoke(getHome, { projectId: project.id }, as(person))
    expect(await homeOf(labeller)).toMatchObject({ writing: { returned: [], waitingForReview: 1 }, reviewing: null, data: null, managing: null })
    expect((await homeOf(returned.author)).writing?.returned).toMatchObject([
      { conversationId: returned.conversationId, comment: { ruleSlug: 'truthful/unknown', body: 'Say so.' } },
    ])
    expect(await homeOf(reviewer)).toMatchObject({ reviewing: { waiting: 1 }, managing: null })
    expect(await homeOf(engineer)).toMatchObject({ writing: null, data: { approvedSinceSnapshot: 1 } })
    // An admin manages members of any project; its quality figures are for its managers.
    const admin = { ...labeller, isAdmin: true }
    expect((await homeOf(admin)).managing).toBeNull()
    expect((await homeOf(manager)).managing).toMatchObject({ citedRules: [{ slug: 'truthful/unknown', count: 1 }] })
  })

  test('quality counts verdicts, with an interval where there is something to count', async () => {
    const { project, manager, labeller } = await open()
    const quality = await invoke(getQuality, { projectId: project.id }, as(manager))
    expect(quality.acceptance).toMatchObject({ count: 1, total: 1, share: 1 })
    expect(quality.acceptance.low).toBeLessThan(1)
    expect(quality.rules).toMatchObject([{ slug: 'truthful/unknown', citations: 1, severities: { major: 1 } }])
    expect(quality.waiting).toMatchObject({ submitted: 1, escalated: 0 })
    expect(quality.weeks.at(-1)?.verdicts).toMatchObject({ approve: 1, 'request-changes': 1 })
    expect(await refusal(invoke(getQuality, { projectId: project.id }, as(labeller)))).toMatchObject({ code: 'forbidden' })
  })

  test('a reviewer’s own verdicts, a prompt with its answers, no imports yet, and an empty draft of the guideline', async () => {
    const { project, reviewer, engineer, approved } = await open()
    const since = new Date(Date.now() - 60_000)
    const verdicts = await invoke(listOwnVerdicts, { projectId: project.id, since }, as(reviewer))
    expect(verdicts.items.map(({ verdict }) => verdict).toSorted()).toEqual(['approve', 'request-changes'])
    expect(await invoke(getPrompt, { promptId: approved.prompt.id }, as(engineer))).toMatchObject({ id: approved.prompt.id })
    expect(await invoke(listImports, { projectId: project.id }, as(engineer))).toEqual({ items: [], nextCursor: null })
    const fresh = await buildProject()
    const draft = await invoke(getGuidelineDraft, { projectId: fresh.id }, as(await join(fresh.id, 'manager')))
    expect(draft).toMatchObject({ version: 0, content: { rules: [] } })
  })
})
