'use client'
import { useTranslations } from 'next-intl'
import { useRef, useState } from 'react'
import type { SelectedRange } from '#components/conversation/text-selection.ts'
import { notifyError } from '#components/ui/toast.tsx'
import { commentOf, type UnfinishedComment } from '#lib/client/review-drafts.ts'
import { type CommentInput, hasCitation, needsCitation, type Verdict } from '#lib/domain/review.ts'
import type { Revision } from './review-page.tsx'
import type { OwnDraft } from './use-review-draft.ts'

const FRESH = { body: '', severity: 'major', rule: '', gap: false, suggestion: '' } as const satisfies UnfinishedComment

const placeOf = (selected: SelectedRange | null, activeId: string | null) => {
  if (selected) return { messageId: selected.messageId, rangeStart: selected.start, rangeEnd: selected.end }
  return activeId ? { messageId: activeId } : {}
}

/**
 * The comment being written. It is part of the draft from its first letter: closing the form, an undo or a reload lose nothing,
 * and a verdict neither drops it nor sends it unasked: it says once that it is there, then sends it along.
 */
export function useCommentForm(draft: OwnDraft, revision: Revision, selected: SelectedRange | null, activeId: string | null) {
  const t = useTranslations('review')
  const [isOpen, setIsOpen] = useState(false)
  const warned = useRef(false)
  const { unfinished, comments } = draft.kept
  const hasWords = unfinished !== null && unfinished.body.trim() !== ''
  const change = (value: UnfinishedComment) => draft.set({ unfinished: value })
  const open = () => {
    // A new passage moves a form nothing was written in; what is written keeps its place.
    if (!hasWords) change({ ...FRESH, ...placeOf(selected, activeId) })
    setIsOpen(true)
  }
  const end = () => {
    warned.current = false
    setIsOpen(false)
  }
  const passage = (() => {
    const { messageId, rangeStart, rangeEnd } = unfinished ?? {}
    if (rangeStart === undefined) return ''
    return revision.messages.find((message) => message.id === messageId)?.content.slice(rangeStart, rangeEnd) ?? ''
  })()
  return {
    isOpen,
    passage,
    open,
    change,
    close: () => setIsOpen(false),
    add: () => {
      if (unfinished) draft.add(commentOf(unfinished))
      end()
    },
    discard: () => {
      draft.set({ unfinished: null })
      end()
    },
    /** The comments that go with a verdict; null when the person must look first, which is said. */
    commentsFor: (verdict: Verdict): CommentInput[] | null => {
      if (hasWords && !warned.current) {
        warned.current = true
        setIsOpen(true)
        notifyError(t('unfinished'), t('unfinishedHint'))
        return null
      }
      const said = hasWords ? [...comments, commentOf(unfinished)] : comments
      if (!needsCitation(verdict) || hasCitation(said)) return said
      notifyError(t('citeFirst'), t('citeFirstHint'))
      open()
      return null
    },
  }
}
