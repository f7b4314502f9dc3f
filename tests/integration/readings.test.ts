import { describe, expect, test } from 'vitest'
import type { GuidelineContent } from '#lib/domain/guideline.ts'
import { getGuideline, publishGuideline, saveGuidelineDraft } from '#lib/services/guideline.ts'
import { confirmReading, listReadings } from '#lib/services/guideline-reading.ts'
import { invoke } from '#lib/services/operation.ts'
import { updateProject } from '#lib/services/project.ts'
import { claimReviewOf } from '#lib/services/review-lease.ts'
import { claimWork } from '#lib/services/work.ts'
import { guidelineText } from '../support/scene.ts'
import { as, buildProject, buildPrompt, buildSubmission, join, refusal } from '../support/world.ts'

const content = (body: string): GuidelineContent => ({ ...guidelineText(), body: { en: body } })

async function open() {
  const project = await buildProject()
  const projectId = project.id
  const manager = await join(projectId, 'manager')
  const labeller = await join(projectId, 'labeller')
  const publish = async (bump: 'major' | 'minor', body: string) => {
    await invoke(saveGuidelineDraft, { projectId, content: content(body), baseVersion: 0 }, as(manager))
    return (await invoke(publishGuideline, { projectId, bump, note: 'Another.', draftVersion: 1 }, as(manager))).version
  }
  const confirm = (version: string) => invoke(confirmReading, { projectId, version }, as(labeller))
  const read = async () => (await invoke(getGuideline, { projectId }, as(labeller))).reading
  const require = () => invoke(updateProject, { projectId, requiresReading: true }, as(manager))
  const claim = () => invoke(claimWork, { projectId }, as(labeller))
  return { projectId, manager, labeller, publish, confirm, read, require, claim }
}

describe('a guideline that was read', () => {
  test('is told to the reader and to managers; a minor version asks nobody again, a major one everybody', async () => {
    const { projectId, manager, labeller, publish, confirm, read } = await open()
    await publish('major', 'One.')
    expect(await read()).toBeNull()
    const { readAt } = await confirm('1.0.0')
    expect((await confirm('1.0.0')).readAt).toEqual(readAt)
    await publish('minor', 'Two.')
    expect(await read()).toMatchObject({ version: '1.0.0' })
    const listed = await invoke(listReadings, { projectId }, as(manager))
    expect(listed.version).toBe('1.1.0')
    expect(listed.people.map(({ userId, reading }) => [userId, reading?.version ?? null])).toEqual(
      expect.arrayContaining([
        [labeller.userId, '1.0.0'],
        [manager.userId, null],
      ]),
    )
    await publish('major', 'Three.')
    expect(await read()).toBeNull()
  })

  test('is the newest one: another cannot be confirmed', async () => {
    const { publish, confirm } = await open()
    expect((await refusal(confirm('1.0.0'))).code).toBe('not-found')
    await publish('major', 'One.')
    await publish('minor', 'Two.')
    expect((await refusal(confirm('1.0.0'))).code).toBe('stale-version')
  })
})

describe('where a project asks for it', () => {
  test('nobody claims before they have confirmed', async () => {
    const { projectId, publish, confirm, require, claim } = await open()
    await buildPrompt(projectId)
    await require()
    // There is nothing to read yet.
    const first = await claim()
    expect(first.kind).toBe('write')
    await publish('major', 'One.')
    const refused = await refusal(claim())
    expect(refused).toMatchObject({ code: 'guideline-unread', data: { version: '1.0.0' } })
    await confirm('1.0.0')
    expect((await claim()).id).toBe(first.id)
  })

  test('that holds for a submission opened by its address too', async () => {
    const { projectId, labeller, publish, require } = await open()
    await publish('major', 'One.')
    await buildPrompt(projectId)
    const { conversationId } = await buildSubmission(projectId, labeller)
    const reviewer = await join(projectId, 'reviewer')
    await require()
    expect((await refusal(invoke(claimReviewOf, { conversationId }, as(reviewer)))).code).toBe('guideline-unread')
    await invoke(confirmReading, { projectId, version: '1.0.0' }, as(reviewer))
    expect((await invoke(claimReviewOf, { conversationId }, as(reviewer))).kind).toBe('review')
  })
})
