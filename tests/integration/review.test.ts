import { describe, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import type { Person } from '#lib/domain/actor.ts'
import { resolveComment } from '#lib/services/comment.ts'
import { getConversation, withdrawConversation } from '#lib/services/conversation.ts'
import { listConversations } from '#lib/services/conversation-list.ts'
import { saveDraft } from '#lib/services/draft.ts'
import { getHome } from '#lib/services/home.ts'
import { invoke } from '#lib/services/operation.ts'
import { fixConversation, submitReview } from '#lib/services/review.ts'
import { submitConversation } from '#lib/services/submission.ts'
import { claimWork, releaseAssignment, skipAssignment } from '#lib/services/work.ts'
import { cited, openSubmission as open } from '../support/submission.ts'
import { as, assistant, buildProject, buildPrompt, buildSubmission, join, refusal, user } from '../support/world.ts'

describe('verdicts', () => {
  test('an approval by another person approves that very revision', async () => {
    const { verdict, reviewer } = await open()
    expect(await invoke(submitReview, { ...verdict, verdict: 'approve', ratings: { helpful: 5, harmless: null } }, as(reviewer))).toMatchObject({
      state: 'approved',
      approvals: 1,
    })
  })

  test('two approvals are needed where the project says so', async () => {
    const { project, verdict, reviewer } = await open({ requiredApprovals: 2 })
    expect(await invoke(submitReview, { ...verdict, verdict: 'approve' }, as(reviewer))).toMatchObject({ state: 'submitted', approvals: 1 })
    expect((await refusal(invoke(submitReview, { ...verdict, verdict: 'approve' }, as(reviewer)))).code).toBe('already-reviewed')
    const second = await join(project.id, 'reviewer')
    expect(await invoke(submitReview, { ...verdict, verdict: 'approve' }, as(second))).toMatchObject({ state: 'approved', approvals: 2 })
  })

  test('nobody judges their own work, neither by operation nor by SQL', async () => {
    const { project, verdict } = await open()
    await buildPrompt(project.id)
    const both = await join(project.id, 'labeller', 'reviewer', 'manager')
    const own = await buildSubmission(project.id, both)
    expect(
      (await refusal(invoke(submitReview, { conversationId: own.conversationId, revisionId: own.revisionId, verdict: 'approve' }, as(both)))).code,
    ).toBe('forbidden')
    const row = {
      projectId: project.id,
      conversationId: own.conversationId,
      revisionId: own.revisionId,
      reviewerId: both.userId,
      verdict: 'approve',
      ratings: {},
    }
    await expect(db.review.create({ data: row })).rejects.toThrow(/own-work-review/)
    await expect(db.conversation.update({ where: { id: verdict.conversationId }, data: { state: 'approved' } })).rejects.toThrow(/approvals/)
  })

  test.each(['request-changes', 'reject'] as const)('%s without a cited rule is refused', async (word) => {
    const { verdict, reviewer, messageId } = await open()
    expect((await refusal(invoke(submitReview, { ...verdict, verdict: word }, as(reviewer)))).code).toBe('citation-required')
    const { rule: _rule, ...uncited } = cited(await messageId())
    expect((await refusal(invoke(submitReview, { ...verdict, verdict: word, comments: [uncited] }, as(reviewer)))).code).toBe('citation-required')
  })

  test('a rule the guideline does not have, and an anchor outside the text, are refused', async () => {
    const { verdict, reviewer, messageId } = await open()
    const comment = cited(await messageId())
    expect(
      (await refusal(invoke(submitReview, { ...verdict, verdict: 'reject', comments: [{ ...comment, rule: 'no/such' }] }, as(reviewer)))).code,
    ).toBe('unknown-rule')
    for (const wrong of [{ rangeEnd: 1000 }, { rangeStart: 11 }, { messageId: 'elsewhere' }]) {
      expect((await refusal(invoke(submitReview, { ...verdict, verdict: 'reject', comments: [{ ...comment, ...wrong }] }, as(reviewer)))).code).toBe(
        'anchor-outside-text',
      )
    }
    expect(await db.review.count({ where: { conversationId: verdict.conversationId } })).toBe(0)
  })

  test('a verdict on an older revision is refused', async () => {
    const { verdict, reviewer, project } = await open()
    const fixer = await join(project.id, 'reviewer')
    await invoke(fixConversation, { ...verdict, content: { messages: [user('Capital?'), assistant('I do not know that.')], tools: [] } }, as(fixer))
    expect((await refusal(invoke(submitReview, { ...verdict, verdict: 'approve' }, as(reviewer)))).code).toBe('stale-version')
  })

  test('a fix makes the fixer its editor: somebody else must judge it, and earlier approvals do not count', async () => {
    const { verdict, reviewer, project } = await open({ requiredApprovals: 2 })
    await invoke(submitReview, { ...verdict, verdict: 'approve' }, as(reviewer))
    const fixer = await join(project.id, 'reviewer')
    const fixed = await invoke(
      fixConversation,
      { ...verdict, content: { messages: [user('Capital?'), assistant('I do not know that.')], tools: [] } },
      as(fixer),
    )
    const now = { conversationId: verdict.conversationId, revisionId: fixed.revisionId, verdict: 'approve' as const }
    expect((await refusal(invoke(submitReview, now, as(fixer)))).code).toBe('own-work-review')
    expect(await invoke(submitReview, now, as(reviewer))).toMatchObject({ state: 'submitted', approvals: 1 })
  })

  test('a rejection frees the slot; others may answer, the author is not asked again', async () => {
    const { project, verdict, reviewer, author, messageId } = await open()
    await invoke(submitReview, { ...verdict, verdict: 'reject', comments: [cited(await messageId())] }, as(reviewer))
    expect((await refusal(invoke(claimWork, { projectId: project.id }, as(author)))).code).toBe('no-work')
    expect((await invoke(claimWork, { projectId: project.id }, as(await join(project.id, 'labeller')))).kind).toBe('write')
  })
})

describe('a round of changes', () => {
  test('returns to its author first, with the comment anchored and cited, and closes the prompt when approved', async () => {
    const { project, author, reviewer, verdict, messageId } = await open()
    await buildPrompt(project.id, { priority: 9 })
    await invoke(
      submitReview,
      { ...verdict, verdict: 'request-changes', summary: 'Please check.', comments: [cited(await messageId())] },
      as(reviewer),
    )
    const lease = await invoke(claimWork, { projectId: project.id }, as(author))
    expect(lease.conversationId).toBe(verdict.conversationId)
    const seen = await invoke(getConversation, { conversationId: verdict.conversationId }, as(author))
    expect(seen).toMatchObject({ state: 'draft', round: 1 })
    const comment = seen.reviews[0]?.comments[0]
    expect(comment).toMatchObject({ quote: 'The capital', ruleSlug: 'truthful/unknown', guidelineVersion: '1.0.0', severity: 'major' })
    expect(seen.reviews[0]?.reviewer).toMatchObject({ name: null, isSelf: false })
    await invoke(resolveComment, { commentId: comment?.id ?? '' }, as(author))
    const messages = [
      ...(seen.revisions[0]?.messages.slice(0, -1) ?? []),
      { ...assistant('I do not know.'), id: seen.revisions[0]?.messages.at(-1)?.id ?? 'm' },
    ]
    await invoke(saveDraft, { conversationId: verdict.conversationId, baseVersion: 0, content: { messages, tools: [] } }, as(author))
    const again = await invoke(
      submitConversation,
      { conversationId: verdict.conversationId, baseVersion: 1, content: { messages, tools: [] }, note: 'Corrected.' },
      as(author),
    )
    expect(again).toMatchObject({ revisionNumber: 2, isLate: false, isExtra: false })
    await invoke(submitReview, { conversationId: verdict.conversationId, revisionId: again.revisionId, verdict: 'approve' }, as(reviewer))
    const approved = await db.conversation.findUniqueOrThrow({ where: { id: verdict.conversationId }, include: { prompt: true } })
    expect(approved).toMatchObject({ state: 'approved', round: 2, prompt: { state: 'closed', openSlots: 0 } })
  })

  test('a third person may not resolve comments', async () => {
    const { project, reviewer, verdict, messageId } = await open()
    await invoke(submitReview, { ...verdict, verdict: 'request-changes', comments: [cited(await messageId())] }, as(reviewer))
    const comment = await db.comment.findFirstOrThrow({ where: { conversationId: verdict.conversationId } })
    expect((await refusal(invoke(resolveComment, { commentId: comment.id }, as(await join(project.id, 'labeller'))))).code).toBe('not-found')
  })
})

describe('claiming reviews', () => {
  test('gives one conversation to one reviewer at a time, never their own, never twice', async () => {
    const { project, submission } = await open()
    const [one, two, both] = [await join(project.id, 'reviewer'), await join(project.id, 'reviewer'), await join(project.id, 'labeller', 'reviewer')]
    const input = { projectId: project.id, kind: 'review' as const }
    const lease = await invoke(claimWork, input, as(one))
    expect(lease).toMatchObject({ conversationId: submission.conversationId, revisionId: submission.revisionId })
    expect((await refusal(invoke(claimWork, input, as(two)))).code).toBe('no-work')
    await buildPrompt(project.id)
    await buildSubmission(project.id, both)
    expect((await refusal(invoke(claimWork, input, as(both)))).code).toBe('no-work')
    const next = await invoke(claimWork, { ...input, except: [submission.conversationId] }, as(one))
    expect(next.conversationId).not.toBe(submission.conversationId)
  })

  test('home promises exactly what claiming gives, and each conversation offers the same', async () => {
    const project = await buildProject({ requiredApprovals: 2 })
    const submission = async (author?: Person) => {
      await buildPrompt(project.id)
      return buildSubmission(project.id, author ?? (await join(project.id, 'labeller')))
    }
    const [me, other] = [await join(project.id, 'labeller', 'reviewer'), await join(project.id, 'reviewer')]
    const give = (person: Person, except: string[] = []) => invoke(claimWork, { projectId: project.id, kind: 'review', except }, as(person))
    // In nobody's hands but another's; skipped by me; fixed by me, then by its author's side again; judged by me; my own.
    const held = await submission()
    await give(other)
    const skipped = await submission()
    await invoke(skipAssignment, { assignmentId: (await give(me)).id, reason: 'not-my-field' }, as(me))
    const fixed = await submission()
    const fix = (person: Person, revisionId: string) =>
      invoke(
        fixConversation,
        { conversationId: fixed.conversationId, revisionId, content: { messages: [user('Question'), assistant(person.userId)], tools: [] } },
        as(person),
      )
    const { revisionId: later } = await fix(other, (await fix(me, fixed.revisionId)).revisionId)
    const judged = await submission()
    await invoke(submitReview, { conversationId: judged.conversationId, revisionId: judged.revisionId, verdict: 'approve' }, as(me))
    const own = await submission(me)
    const open = [await submission(), await submission(), await submission()].map(({ conversationId }) => conversationId)

    const { reviewing } = await invoke(getHome, { projectId: project.id }, as(me))
    expect(reviewing?.oldest.map(({ conversationId }) => conversationId)).toEqual(open)
    expect(reviewing?.waiting).toBe(open.length)
    const given: string[] = []
    for (const _ of open) given.push((await give(me, given)).conversationId ?? '')
    expect(given).toEqual(open)
    expect((await refusal(give(me, given))).code).toBe('no-work')
    // What one holds already is still waiting for oneself.
    expect((await invoke(getHome, { projectId: project.id }, as(me))).reviewing?.waiting).toBe(open.length)

    const offered = async ({ conversationId }: { conversationId: string }) =>
      (await invoke(getConversation, { conversationId }, as(me))).abilities.review
    for (const conversationId of open) expect(await offered({ conversationId })).toBe(true)
    for (const conversation of [fixed, judged, own]) expect(await offered(conversation)).toBe(false)
    // A lease passes and a skip can be thought better of: both are still this person's to open.
    for (const conversation of [held, skipped]) expect(await offered(conversation)).toBe(true)
    const verdict = { conversationId: fixed.conversationId, revisionId: later, verdict: 'approve' as const }
    expect((await refusal(invoke(submitReview, verdict, as(me)))).code).toBe('own-work-review')
  })

  test('somebody else’s live lease is respected by a verdict given without one', async () => {
    const { project, verdict } = await open()
    const [one, two] = [await join(project.id, 'reviewer'), await join(project.id, 'reviewer')]
    await invoke(claimWork, { projectId: project.id, kind: 'review' }, as(one))
    expect((await refusal(invoke(submitReview, { ...verdict, verdict: 'approve' }, as(two)))).code).toBe('lease-lost')
  })

  test.each(['submitReview', 'fixConversation'] as const)(
    '%s counts for the one who holds the lease, though it was taken anew since',
    async (name) => {
      const { project, verdict, reviewer } = await open()
      const other = await join(project.id, 'reviewer')
      const claim = { projectId: project.id, kind: 'review' as const }
      const first = await invoke(claimWork, claim, as(reviewer))
      await invoke(releaseAssignment, { assignmentId: first.id }, as(reviewer))
      const second = await invoke(claimWork, claim, as(reviewer))
      expect(second.fencingToken).toBeGreaterThan(first.fencingToken)
      const give = (by: Person) => {
        if (name === 'submitReview') return invoke(submitReview, { ...verdict, verdict: 'approve' }, as(by))
        return invoke(fixConversation, { ...verdict, content: { messages: [user('Why?'), assistant('So.')], tools: [] } }, as(by))
      }
      expect((await refusal(give(other))).code).toBe('lease-lost')
      await give(reviewer)
      expect((await db.assignment.findUniqueOrThrow({ where: { id: second.id } })).state).toBe('done')
    },
  )
})

describe('reading', () => {
  test('a labeller sees their own conversations only; a reviewer sees all, without names', async () => {
    const { project, verdict, reviewer, author } = await open()
    const other = await join(project.id, 'labeller')
    expect((await invoke(listConversations, { projectId: project.id }, as(author))).items).toHaveLength(1)
    expect((await invoke(listConversations, { projectId: project.id }, as(other))).items).toHaveLength(0)
    expect((await refusal(invoke(getConversation, { conversationId: verdict.conversationId }, as(other)))).code).toBe('not-found')
    const seen = await invoke(getConversation, { conversationId: verdict.conversationId }, as(reviewer))
    expect(seen.author).toEqual({ alias: 'A', name: null, isSelf: false })
    expect(seen.abilities).toEqual({ write: false, review: true, adjudicate: false, withdraw: false, renew: false })
    const manager = await join(project.id, 'manager')
    expect((await invoke(getConversation, { conversationId: verdict.conversationId }, as(manager))).author.name).not.toBeNull()
  })

  test('keyset pages give every row once, in both directions, and an exact total', async () => {
    const { project, reviewer } = await open()
    for (let index = 0; index < 4; index++) {
      await buildPrompt(project.id)
      await buildSubmission(project.id, await join(project.id, 'labeller'))
    }
    for (const order of ['newest', 'oldest'] as const) {
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await invoke(
          listConversations,
          { projectId: project.id, order, limit: 2, withTotal: true, ...(cursor ? { cursor } : {}) },
          as(reviewer),
        )
        expect(page.total).toBe(5)
        seen.push(...page.items.map((item) => item.id))
        cursor = page.nextCursor ?? undefined
      } while (cursor)
      expect(new Set(seen).size).toBe(5)
      expect(seen).toHaveLength(5)
    }
    expect((await refusal(invoke(listConversations, { projectId: project.id, cursor: 'nonsense' }, as(reviewer)))).code).toBe('invalid-input')
  })

  test('an author withdraws their conversation; the slot is free again', async () => {
    const { project, author, verdict } = await open()
    expect((await invoke(withdrawConversation, { conversationId: verdict.conversationId, reason: 'Personal' }, as(author))).state).toBe('withdrawn')
    expect((await invoke(claimWork, { projectId: project.id }, as(await join(project.id, 'labeller')))).kind).toBe('write')
  })
})

describe('what never changes', () => {
  test('revisions and audit events refuse every UPDATE, audit events also DELETE', async () => {
    const { submission } = await open()
    await expect(db.$executeRaw`UPDATE "revision" SET note = 'x' WHERE id = ${submission.revisionId}::uuid`).rejects.toThrow(/never change/)
    await expect(db.$executeRaw`UPDATE "audit_event" SET event = 'x.y'`).rejects.toThrow(/never change/)
    await expect(db.$executeRaw`DELETE FROM "audit_event"`).rejects.toThrow(/never change/)
  })

  test('a refused operation leaves no audit event, a done one leaves exactly one, chained', async () => {
    const { project, verdict, reviewer } = await open()
    const count = () => db.auditEvent.count({ where: { chainId: project.id } })
    const before = await count()
    await refusal(invoke(submitReview, { ...verdict, verdict: 'reject' }, as(reviewer)))
    expect(await count()).toBe(before)
    await invoke(submitReview, { ...verdict, verdict: 'approve' }, as(reviewer))
    expect(await count()).toBe(before + 1)
    const events = await db.auditEvent.findMany({ where: { chainId: project.id }, orderBy: { seq: 'asc' } })
    expect(events.slice(1).every((event, index) => event.previousHash === events[index]?.hash)).toBe(true)
    expect(events.at(-1)).toMatchObject({ event: 'conversation.reviewed', actorId: reviewer.userId, data: { verdict: 'approve' } })
  })
})
