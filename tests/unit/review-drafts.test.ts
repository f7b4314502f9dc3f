import { describe, expect, test } from 'vitest'
import {
  carryDraft,
  commentOf,
  finishComment,
  hasUnfinished,
  hasWords,
  type ReviewDraft,
  removeComment,
  reopenComment,
  reviewDrafts,
  type UnfinishedComment,
} from '#lib/client/review-drafts.ts'
import type { CommentInput } from '#lib/domain/review.ts'

const first: CommentInput = { messageId: 'm2', rangeStart: 3, rangeEnd: 9, body: 'Say so.', severity: 'major', rule: 'truthful/unknown' }
const second: CommentInput = { body: 'Too long.', severity: 'nit', suggestion: 'Short.', gap: true }
const fresh: UnfinishedComment = { body: 'New. ', severity: 'minor', rule: '', gap: false, suggestion: '' }
const none = { comments: [first, second], unfinished: null }

describe('comments that are not sent yet', () => {
  test('are opened in the form with everything they said, and stay as they are when nothing is changed', () => {
    for (const at of [0, 1]) {
      const open = reopenComment(none, at)
      expect(open.unfinished && commentOf(open.unfinished)).toEqual(none.comments[at])
      expect(open.comments).toEqual(none.comments)
      expect(hasUnfinished(open)).toBe(false)
      expect(finishComment(open)).toEqual(none)
    }
    expect(reopenComment(none, 2)).toBe(none)
  })

  test('changed, take the place they had', () => {
    const { comments, unfinished } = reopenComment(none, 0)
    const changed = { comments, unfinished: unfinished && { ...unfinished, body: ' Say that nobody knows. ', rule: '', gap: true } }
    expect(hasUnfinished(changed)).toBe(true)
    const { rule: _rule, ...place } = first
    expect(finishComment(changed)).toEqual({ comments: [{ ...place, body: 'Say that nobody knows.', gap: true }, second], unfinished: null })
  })

  test('lose nothing of what was being written when another one is opened', () => {
    const open = reopenComment({ comments: [first, second], unfinished: fresh }, 1)
    expect(open.comments).toEqual([first, second, { body: 'New.', severity: 'minor' }])
    expect(open.unfinished?.body).toBe('Too long.')
    const emptied = { ...reopenComment(none, 0), unfinished: { ...fresh, body: ' ', at: 0 } }
    expect(finishComment(emptied)).toEqual(none)
  })

  test('taken away, take their wording in the form with them, and no other', () => {
    expect(removeComment(reopenComment(none, 0), 0)).toEqual({ comments: [second], unfinished: null })
    expect(removeComment(reopenComment(none, 1), 0).unfinished).toMatchObject({ body: 'Too long.', at: 0 })
    expect(removeComment(reopenComment(none, 0), 1).unfinished).toMatchObject({ body: 'Say so.', at: 0 })
    expect(removeComment({ comments: [first], unfinished: fresh }, 0)).toEqual({ comments: [], unfinished: fresh })
  })
})

describe('comments that were not sent when another revision came', () => {
  const before = [{ id: 'm', content: 'Nobody of that name is known. Ask in the town.' }]
  const now = [{ id: 'm', content: 'Sadly, nobody is known. Ask in the town.' }]
  const on = (words: string) => {
    const rangeStart = before[0]?.content.indexOf(words) ?? 0
    return { messageId: 'm', rangeStart, rangeEnd: rangeStart + words.length, body: `About ${words}`, severity: 'minor' as const }
  }
  const draft: ReviewDraft = {
    ...reviewDrafts.empty,
    ratings: { helpful: 5 },
    summary: 'All in all.',
    comments: [on('Ask in the town.'), on('Nobody of that name'), { body: 'On the whole.', severity: 'nit' }],
    unfinished: { ...on('the town'), rule: '', gap: false, suggestion: '' },
  }

  test('go with their words; what is gone is quoted, never dropped; ratings are given anew', () => {
    const carried = carryDraft(draft, before, now)
    expect(carried).toMatchObject({ summary: 'All in all.', ratings: {}, fix: null })
    expect(carried.comments).toEqual([
      { messageId: 'm', rangeStart: 24, rangeEnd: 40, body: 'About Ask in the town.', severity: 'minor' },
      { messageId: 'm', body: '“Nobody of that name”\n\nAbout Nobody of that name', severity: 'minor' },
      { body: 'On the whole.', severity: 'nit' },
    ])
    expect(carried.unfinished).toMatchObject({ messageId: 'm', rangeStart: 31, body: 'About the town' })
  })

  test('of a message that is gone are on the whole conversation', () => {
    const { comments } = carryDraft(draft, before, [{ id: 'x', content: 'Another.' }])
    expect(comments).toHaveLength(3)
    expect(comments.every(({ messageId }) => messageId === undefined)).toBe(true)
  })

  test('are words worth carrying only when there are some', () => {
    expect(hasWords(draft)).toBe(true)
    expect(hasWords({ ...reviewDrafts.empty, ratings: { helpful: 5 } })).toBe(false)
  })
})
