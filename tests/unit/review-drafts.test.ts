import { describe, expect, test } from 'vitest'
import { commentOf, finishComment, hasUnfinished, removeComment, reopenComment, type UnfinishedComment } from '#lib/client/review-drafts.ts'
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
