import { describe, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import type { Person } from '#lib/domain/actor.ts'
import { listComments, replyToComment, resolveComment } from '#lib/services/comment.ts'
import { getConversation, withdrawConversation } from '#lib/services/conversation.ts'
import { invoke } from '#lib/services/operation.ts'
import { submitReview, withdrawReview } from '#lib/services/review.ts'
import { cited, openSubmission, resubmit } from '../support/submission.ts'
import { as, join, refusal } from '../support/world.ts'

async function open() {
  const given = await openSubmission()
  const { verdict, reviewer, messageId, author, project } = given
  const comments = [cited(await messageId()), { body: 'A second.', severity: 'nit' as const }, { body: 'A third.', severity: 'nit' as const }]
  const { reviewId } = await invoke(submitReview, { ...verdict, verdict: 'request-changes', comments }, as(reviewer))
  const { conversationId } = verdict
  const seenBy = async (person: Person) => (await invoke(getConversation, { conversationId }, as(person))).reviews[0]?.comments ?? []
  const commentId = (await seenBy(author))[0]?.id ?? ''
  const reply = (by: Person, body = 'I disagree, because it is a novel.') => invoke(replyToComment, { commentId, body }, as(by))
  return { ...given, reviewId, conversationId, commentId, seenBy, reply, projectId: project.id }
}

describe('what is said below a comment', () => {
  test('is read by the author and by the reviewer of the next round, who know each other by letters', async () => {
    const { projectId, author, reviewer, reply, seenBy, commentId } = await open()
    expect(await reply(author)).toMatchObject({ isByAuthor: true, by: { isSelf: true }, body: 'I disagree, because it is a novel.' })
    expect(await reply(reviewer, 'Then say which.')).toMatchObject({ isByAuthor: false, by: { alias: 'B', isSelf: true } })
    const [comment, ...rest] = await seenBy(author)
    expect(comment?.replies).toMatchObject([
      { isByAuthor: true, by: { alias: 'A', isSelf: true } },
      { isByAuthor: false, by: { alias: 'B', name: null, isSelf: false }, body: 'Then say which.' },
    ])
    expect(rest.map(({ body }) => body)).toEqual(['A second.', 'A third.'])
    await invoke(resolveComment, { commentId }, as(author))
    await resubmit(projectId, author)
    const second = await join(projectId, 'reviewer')
    const [seen] = await seenBy(second)
    expect(seen?.resolvedAt).not.toBeNull()
    expect(seen?.replies).toMatchObject([{ by: { name: null } }, { by: { name: null } }])
    // One who only replies gets a letter after those who judged.
    expect(await reply(second, 'And which edition?')).toMatchObject({ by: { alias: 'C' } })
    expect((await seenBy(await join(projectId, 'manager')))[0]?.replies[0]?.by.name).toMatch(/^Person/)
  })

  test('is said by those who may read it, and stays as it was sent', async () => {
    const { projectId, author, reply } = await open()
    expect((await refusal(reply(await join(projectId, 'labeller')))).code).toBe('not-found')
    expect((await refusal(reply(await join(projectId, 'engineer')))).code).toBe('forbidden')
    for (const body of ['', ' \n\t ', 'x'.repeat(2001), 'a\u0000b']) expect((await refusal(reply(author, body))).code).toBe('invalid-input')
    const { id } = await reply(author)
    await expect(db.$executeRaw`UPDATE "comment_reply" SET body = 'Other.' WHERE id = ${id}::uuid`).rejects.toThrow(/never change/)
  })

  test('comes to an end: thirty replies, a verdict taken back, a text withdrawn', async () => {
    const { author, reviewer, reply, commentId, reviewId, conversationId } = await open()
    await db.commentReply.createMany({ data: Array.from({ length: 29 }, () => ({ commentId, authorId: author.userId, body: 'More.' })) })
    const both = await Promise.allSettled([reply(author), reply(reviewer)])
    expect(both.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))).toEqual(['invalid-input'])
    await invoke(withdrawReview, { reviewId }, as(reviewer))
    expect((await refusal(reply(author))).code).toBe('illegal-transition')
    const other = await open()
    await invoke(withdrawConversation, { conversationId: other.conversationId, reason: 'Mine' }, as(other.author))
    expect((await refusal(other.reply(other.author))).code).toBe('illegal-transition')
    // What was refused was not kept, and what was said stays.
    const said = (id: string) => db.commentReply.count({ where: { comment: { conversationId: id } } })
    expect([await said(conversationId), await said(other.conversationId)]).toEqual([30, 0])
  })
})

test('ten thousand comments: the conversation comes with the newest verdicts’, the rest by pages, each once and in order', async () => {
  const { conversationId, projectId, author, reviewer, verdict } = await open()
  const reviewers = await Promise.all(Array.from({ length: 50 }, () => join(projectId, 'reviewer')))
  const start = Date.now() - 100_000
  for (const [index, { userId }] of reviewers.entries()) {
    const row = { projectId, conversationId, revisionId: verdict.revisionId, reviewerId: userId, verdict: 'request-changes', ratings: {} }
    const createdAt = new Date(start + index * 1000)
    const { id } = await db.review.create({ data: { ...row, createdAt } })
    const comments = Array.from({ length: 200 }, (_, n) => ({ reviewId: id, conversationId, body: `${index}.${n}`, severity: 'nit', createdAt }))
    await db.comment.createMany({ data: comments })
  }
  const { reviews } = await invoke(getConversation, { conversationId }, as(author))
  expect(reviews.map(({ commentCount }) => commentCount)).toEqual([...Array.from({ length: 50 }, () => 200), 3])
  expect(reviews.slice(-3).map(({ comments }) => comments.length)).toEqual([0, 200, 3])
  expect(reviews.slice(0, 49).every(({ comments }) => comments.length === 0)).toBe(true)

  const first = reviews[0]?.id ?? ''
  const bodies: string[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof read>> = await read(cursor)
    bodies.push(...page.items.map(({ body }) => body))
    cursor = page.nextCursor
  } while (cursor)
  expect(bodies).toEqual(Array.from({ length: 200 }, (_, n) => `0.${n}`))
  expect((await invoke(listComments, { conversationId, limit: 200 }, as(reviewer))).items).toHaveLength(200)
  expect((await refusal(invoke(listComments, { conversationId, cursor: '1' }, as(reviewer)))).code).toBe('invalid-input')

  function read(after: string | null) {
    return invoke(listComments, { conversationId, reviewId: first, limit: 60, ...(after ? { cursor: after } : {}) }, as(author))
  }
}, 60_000)
