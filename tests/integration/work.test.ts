import { describe, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import type { DraftContent } from '#lib/domain/conversation.ts'
import { diffDraft } from '#lib/domain/draft-patch.ts'
import { getDraft, patchDraft, saveDraft } from '#lib/services/draft.ts'
import { invoke } from '#lib/services/operation.ts'
import { submitConversation } from '#lib/services/submission.ts'
import { claimWork, releaseAssignment, skipAssignment } from '#lib/services/work.ts'
import { as, assistant, buildPerson, buildProject, buildPrompt, join, refusal, user } from '../support/world.ts'

describe('claiming', () => {
  test('gives the prompt with the highest priority, then the oldest', async () => {
    const project = await buildProject()
    const labeller = await join(project.id, 'labeller')
    await buildPrompt(project.id)
    const urgent = await buildPrompt(project.id, { priority: 2 })
    const lease = await invoke(claimWork, { projectId: project.id }, as(labeller))
    expect(lease.promptId).toBe(urgent.id)
  })

  test('asking twice gives the same work', async () => {
    const project = await buildProject()
    const labeller = await join(project.id, 'labeller')
    await buildPrompt(project.id)
    await buildPrompt(project.id)
    const first = await invoke(claimWork, { projectId: project.id }, as(labeller))
    const second = await invoke(claimWork, { projectId: project.id }, as(labeller))
    expect(second.id).toBe(first.id)
  })

  test('100 claimers at once: no slot is given twice and none is lost', async () => {
    const project = await buildProject()
    const prompts = await Promise.all(Array.from({ length: 30 }, (_, index) => buildPrompt(project.id, { answersWanted: 1 + (index % 3) })))
    const slots = prompts.reduce((sum, prompt) => sum + prompt.answersWanted, 0)
    const people = await Promise.all(Array.from({ length: 100 }, () => join(project.id, 'labeller')))
    const outcomes = await Promise.allSettled(people.map((person) => invoke(claimWork, { projectId: project.id }, as(person))))
    const leases = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    expect(leases).toHaveLength(slots)
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason.code).toBe('no-work')
    const byPrompt = Map.groupBy(leases, (lease) => lease.promptId)
    for (const prompt of prompts) expect(byPrompt.get(prompt.id)).toHaveLength(prompt.answersWanted)
    const left = await db.prompt.aggregate({ where: { projectId: project.id }, _sum: { openSlots: true } })
    expect(left._sum.openSlots).toBe(0)
    expect(new Set(leases.map((lease) => lease.fencingToken)).size).toBe(slots)
  })

  test('a prompt that was skipped is never offered to that person again, and its slot is free for others', async () => {
    const project = await buildProject()
    const [one, two] = [await join(project.id, 'labeller'), await join(project.id, 'labeller')]
    const prompt = await buildPrompt(project.id)
    const lease = await invoke(claimWork, { projectId: project.id }, as(one))
    await invoke(skipAssignment, { assignmentId: lease.id, reason: 'not-my-field' }, as(one))
    expect((await refusal(invoke(claimWork, { projectId: project.id }, as(one)))).code).toBe('no-work')
    expect((await invoke(claimWork, { projectId: project.id }, as(two))).promptId).toBe(prompt.id)
  })

  test('skipping for another reason needs a sentence', async () => {
    const project = await buildProject()
    const labeller = await join(project.id, 'labeller')
    await buildPrompt(project.id)
    const lease = await invoke(claimWork, { projectId: project.id }, as(labeller))
    expect((await refusal(invoke(skipAssignment, { assignmentId: lease.id, reason: 'other' }, as(labeller)))).code).toBe('invalid-input')
  })

  test('work released untouched goes back to the queue as if never handed out', async () => {
    const project = await buildProject()
    const labeller = await join(project.id, 'labeller')
    const prompt = await buildPrompt(project.id)
    const lease = await invoke(claimWork, { projectId: project.id }, as(labeller))
    await invoke(releaseAssignment, { assignmentId: lease.id }, as(labeller))
    expect(await db.conversation.count({ where: { promptId: prompt.id } })).toBe(0)
    expect((await invoke(claimWork, { projectId: project.id }, as(labeller))).promptId).toBe(prompt.id)
  })

  test('a stranger, and a project that does not exist, look the same', async () => {
    const project = await buildProject()
    const stranger = await buildPerson()
    const foreign = await refusal(invoke(claimWork, { projectId: project.id }, as(stranger)))
    const absent = await refusal(invoke(claimWork, { projectId: crypto.randomUUID() }, as(stranger)))
    expect(foreign).toEqual(absent)
    expect(foreign.code).toBe('not-found')
  })

  test('an engineer does not claim; a labeller does not claim reviews; a visitor signs in first', async () => {
    const project = await buildProject()
    await buildPrompt(project.id)
    expect((await refusal(invoke(claimWork, { projectId: project.id }, as(await join(project.id, 'engineer'))))).code).toBe('forbidden')
    expect((await refusal(invoke(claimWork, { projectId: project.id, kind: 'review' }, as(await join(project.id, 'labeller'))))).code).toBe(
      'forbidden',
    )
    expect((await refusal(invoke(claimWork, { projectId: project.id }, as(null)))).code).toBe('unauthenticated')
  })
})

describe('drafts', () => {
  const open = async () => {
    const project = await buildProject()
    const labeller = await join(project.id, 'labeller')
    await buildPrompt(project.id)
    const lease = await invoke(claimWork, { projectId: project.id }, as(labeller))
    return { project, labeller, conversationId: lease.conversationId ?? '' }
  }

  test('a save over an older version is refused with the text on the server, and loses neither', async () => {
    const { labeller, conversationId } = await open()
    const mine = { messages: [user('mine')], tools: [] }
    const theirs = { messages: [user('theirs')], tools: [] }
    await invoke(saveDraft, { conversationId, baseVersion: 0, content: theirs }, as(labeller))
    const refused = await refusal(invoke(saveDraft, { conversationId, baseVersion: 0, content: mine }, as(labeller)))
    expect(refused.code).toBe('stale-version')
    expect(refused.data).toMatchObject({ version: 1, content: theirs })
    expect((await invoke(getDraft, { conversationId }, as(labeller))).content).toEqual(theirs)
  })

  test('the same text saved again is no conflict: the first answer was lost on the way', async () => {
    const { labeller, conversationId } = await open()
    const content = { messages: [user('the same')], tools: [] }
    await invoke(saveDraft, { conversationId, baseVersion: 0, content }, as(labeller))
    expect((await invoke(saveDraft, { conversationId, baseVersion: 0, content }, as(labeller))).version).toBe(1)
  })

  describe('saved as what changed', () => {
    const base = { messages: [user('one'), user('two')], tools: [] }
    const begun = async () => {
      const { labeller, conversationId } = await open()
      await invoke(saveDraft, { conversationId, baseVersion: 0, content: base }, as(labeller))
      const read = async () => (await invoke(getDraft, { conversationId }, as(labeller))).content
      const patch = (content: DraftContent, baseVersion = 1) =>
        invoke(patchDraft, { conversationId, baseVersion, patch: diffDraft(base, content) }, as(labeller))
      return { labeller, conversationId, read, patch }
    }
    const next = { ...base, messages: [base.messages[1], { ...base.messages[0], content: 'one 😁' }] } as DraftContent

    test('the text on the server is that of the writer', async () => {
      const { patch, read } = await begun()
      expect((await patch(next)).version).toBe(2)
      expect(await read()).toEqual(next)
    })

    test('over an older version it is refused with the text on the server', async () => {
      const { patch, read } = await begun()
      await patch(next)
      const refused = await refusal(patch({ ...base, messages: [] }))
      expect(refused.code).toBe('stale-version')
      expect(refused.data).toMatchObject({ version: 2, content: next })
      expect(await read()).toEqual(next)
    })

    test('made for another text of the same version it changes nothing, and tells the text that is there', async () => {
      const { labeller, conversationId, read } = await begun()
      const other = { ...base, messages: [user('of another round')] }
      const patch = diffDraft(other, { ...other, messages: [...other.messages, user('more')] })
      const refused = await refusal(invoke(patchDraft, { conversationId, baseVersion: 1, patch }, as(labeller)))
      expect(refused.code).toBe('stale-version')
      expect(refused.data).toMatchObject({ version: 1, content: base })
      expect(await read()).toEqual(base)
    })

    test('it cannot leave half a character behind', async () => {
      const { labeller, conversationId, read, patch: save } = await begun()
      const whole = { ...base, messages: [user('😁')] }
      await save(whole)
      const patch = { ...diffDraft(whole, whole), messages: [{ of: 0, content: [0, 1, 'x'] as [number, number, string] }] }
      expect((await refusal(invoke(patchDraft, { conversationId, baseVersion: 2, patch }, as(labeller)))).code).toBe('invalid-input')
      expect(await read()).toEqual(whole)
    })
  })

  test('text comes back byte for byte', async () => {
    const { labeller, conversationId } = await open()
    const text = ' \t trailing \r\n lone\rCR \u0301 e\u0301 👩‍👩‍👧 \uFEFF <|im_end|> \u202Ertl\u202C 你好\u3000\n'
    await invoke(saveDraft, { conversationId, baseVersion: 0, content: { messages: [user(text)], tools: [] } }, as(labeller))
    expect((await invoke(getDraft, { conversationId }, as(labeller))).content.messages[0]?.content).toBe(text)
  })

  test.each([
    ['a NUL', 'a\u0000b', 'NUL'],
    ['a lone surrogate', 'a\uD800b', 'surrogate'],
    ['a sentinel of the renderer', 'a\uE0F0b', 'private-use'],
  ])('refuses %s naming the field and the cure', async (_name, text, word) => {
    const { labeller, conversationId } = await open()
    const refused = await refusal(
      invoke(saveDraft, { conversationId, baseVersion: 0, content: { messages: [{ ...user(''), content: text }], tools: [] } }, as(labeller)),
    )
    expect(refused.code).toBe('invalid-input')
    expect(refused.message).toContain('content.messages.0.content')
    expect(refused.message).toContain(word)
  })

  test('nobody else reads or writes a draft, not even a manager', async () => {
    const { project, conversationId } = await open()
    const manager = await join(project.id, 'manager')
    expect((await refusal(invoke(getDraft, { conversationId }, as(manager)))).code).toBe('not-found')
    expect((await refusal(invoke(saveDraft, { conversationId, baseVersion: 0, content: { messages: [], tools: [] } }, as(manager)))).code).toBe(
      'not-found',
    )
  })
})

describe('submitting', () => {
  test('is idempotent by key, also when both requests run at once', async () => {
    const project = await buildProject()
    const labeller = await join(project.id, 'labeller')
    await buildPrompt(project.id)
    const lease = await invoke(claimWork, { projectId: project.id }, as(labeller))
    const input = { conversationId: lease.conversationId ?? '', baseVersion: 0, content: { messages: [user('How?'), assistant('So.')], tools: [] } }
    const context = { idempotencyKey: crypto.randomUUID() }
    const answers = await Promise.all([1, 2, 3].map(() => invoke(submitConversation, input, as(labeller, context))))
    expect(new Set(answers.map((answer) => answer.revisionId)).size).toBe(1)
    expect(await db.revision.count({ where: { conversationId: input.conversationId } })).toBe(1)
    const other = { ...input, note: 'another request' }
    expect((await refusal(invoke(submitConversation, other, as(labeller, context)))).code).toBe('idempotency-key-reused')
  })

  test.each([
    ['no answer', [user('How?')], 'last-not-assistant'],
    ['an assistant that speaks first', [assistant('Hello.')], 'assistant-first'],
    ['an empty turn', [user('  '), assistant('So.')], 'empty-turn'],
    [
      'a result without a call',
      [user('How?'), { ...user('42'), role: 'tool' as const, toolCallId: 'call_1' }, assistant('So.')],
      'result-without-call',
    ],
    ['nothing to train', [user('How?'), { ...assistant('So.'), train: false }], 'nothing-trained'],
    ['no messages', [], 'no-messages'],
  ])('refuses %s and keeps the draft', async (_name, messages, code) => {
    const project = await buildProject()
    const labeller = await join(project.id, 'labeller')
    await buildPrompt(project.id)
    const lease = await invoke(claimWork, { projectId: project.id }, as(labeller))
    const conversationId = lease.conversationId ?? ''
    const refused = await refusal(invoke(submitConversation, { conversationId, baseVersion: 0, content: { messages, tools: [] } }, as(labeller)))
    expect(refused.code).toBe('conversation-incomplete')
    expect((refused.data.faults as { code: string }[]).map((fault) => fault.code)).toContain(code)
    expect(await db.draft.count({ where: { conversationId } })).toBe(1)
  })
})
