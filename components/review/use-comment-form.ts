'use client'
import { useRef, useState } from 'react'
import type { SelectedRange } from '#components/conversation/text-selection.ts'
import { finishComment, hasUnfinished, removeComment, reopenComment, type UnfinishedComment } from '#lib/client/review-drafts.ts'
import { type CommentInput, hasCitation, needsCitation, type Verdict } from '#lib/domain/review.ts'
import { passageOf } from '#lib/domain/suggestion.ts'
import type { Revision } from './review-page.tsx'
import type { OwnDraft } from './use-review-draft.ts'

const FRESH = { body: '', severity: 'major', rule: '', gap: false, suggestion: '' } as const satisfies UnfinishedComment

/** Why the form stands open although nobody asked for it. */
export type FormNotice = 'citeFirst' | 'unfinished'

const placeOf = (selected: SelectedRange | null, activeId: string | null) => {
  if (selected) return { messageId: selected.messageId, rangeStart: selected.start, rangeEnd: selected.end }
  return activeId ? { messageId: activeId } : {}
}

/**
 * The comment being written. It is part of the draft from its first letter: closing the form, an undo or a reload lose nothing,
 * and a verdict neither drops it nor sends it unasked: it says once that it is there, then sends it along.
 */
export function useCommentForm(draft: OwnDraft, revision: Revision, selected: SelectedRange | null, activeId: string | null) {
  /** Null until somebody opens or closes it: what was begun before a reload is then open by itself. */
  const [isWanted, setIsWanted] = useState<boolean | null>(null)
  const [notice, setNotice] = useState<{ kind: FormNotice } | null>(null)
  const warned = useRef(false)
  const { unfinished } = draft.kept
  const hasWords = hasUnfinished(draft.kept)
  const change = (value: UnfinishedComment) => {
    // From the first key in it the form is somebody's: emptied, it stays.
    setIsWanted(true)
    draft.set({ unfinished: value })
  }
  const show = (why: FormNotice | null) => {
    setNotice(why && { kind: why })
    setIsWanted(true)
  }
  const open = (why: FormNotice | null = null) => {
    // A new passage moves a form nothing was written in; what is written keeps its place.
    if (!hasWords) change({ ...FRESH, ...placeOf(selected, activeId) })
    show(why)
  }
  const end = () => {
    warned.current = false
    setIsWanted(false)
  }
  return {
    isOpen: isWanted ?? hasWords,
    /** It was there when the page came, and nobody has asked for it yet. */
    isFound: isWanted === null,
    notice,
    passage: unfinished ? passageOf({ ...unfinished, suggestion: null }, revision.messages) : '',
    open: () => open(),
    change,
    close: () => setIsWanted(false),
    add: () => {
      draft.set(finishComment(draft.kept))
      end()
    },
    discard: () => {
      draft.set({ unfinished: null })
      end()
    },
    /** Opens a comment that waits to be sent again. */
    edit: (index: number) => {
      draft.set(reopenComment(draft.kept, index))
      show(null)
    },
    remove: (index: number) => {
      const left = removeComment(draft.kept, index)
      draft.set(left)
      if (!left.unfinished) end()
    },
    /** The comments that go with a verdict; null when the person must look first, which the form says. A ruling cites in their place. */
    commentsFor: (verdict: Verdict, isCited: boolean): CommentInput[] | null => {
      if (hasWords && !warned.current) {
        warned.current = true
        show('unfinished')
        return null
      }
      const said = finishComment(draft.kept).comments
      if (!needsCitation(verdict) || isCited || hasCitation(said)) return said
      // A rule is what is missing: of the comment there is, or of one to be written.
      if (said.length === 0) open('citeFirst')
      else {
        draft.set(reopenComment({ comments: said, unfinished: null }, said.length - 1))
        show('citeFirst')
      }
      return null
    },
  }
}
