'use client'
import { useMutation } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useRef } from 'react'
import { type FollowUp, useFollowUp } from '#components/frame/use-follow-up.ts'
import { useErrorText } from '#components/ui/error-state.tsx'
import { notify, notifyError } from '#components/ui/toast.tsx'
import { type ApiError, api, isApiError } from '#lib/client/api.ts'
import { newerDraftOf } from '#lib/client/draft-remote.ts'
import type { DraftStore } from '#lib/client/draft-store.ts'
import { newId } from '#lib/domain/new-id.ts'
import { TO_TEXT } from './to-text.ts'
import { useGoOn } from './use-go-on.ts'
import type { Conversation } from './write-page.tsx'

/** Sends the text for review, which stands still meanwhile, and goes on to the next prompt. A newer text is merged first. */
export function useSubmission(conversation: Conversation, store: DraftStore, note: string, onIncomplete: (error: ApiError) => void) {
  const t = useTranslations('write')
  const errorText = useErrorText()
  const goOn = useGoOn(conversation.id)
  const begin = useFollowUp()
  const follow = useRef<FollowUp | undefined>(undefined)
  // One key for one request: the same words sent again over the same version are the same submission.
  const attempt = useRef<{ content: object; baseVersion: number; note: string; key: string } | null>(null)
  const send = async (): Promise<Awaited<ReturnType<typeof api.submitConversation>> | null> => {
    const held = await store.hold()
    const last = attempt.current
    const isSame = last?.content === held.content && last.baseVersion === held.baseVersion && last.note === note
    const { key } = isSame ? last : { key: newId() }
    attempt.current = { ...held, note, key }
    const { fencingToken } = conversation.assignment ?? {}
    try {
      return await api.submitConversation(
        { conversationId: conversation.id, ...held, note, ...(fencingToken === undefined ? {} : { fencingToken }) },
        { context: { idempotencyKey: key } },
      )
    } catch (error) {
      const newer = newerDraftOf(error)
      if (!newer) throw error
      // The same words under a newer version: nothing to look at, the answer to a save was lost on the way.
      return store.meet(newer) ? send() : null
    }
  }
  return useMutation({
    mutationFn: () => {
      follow.current = begin()
      return send()
    },
    onSuccess: async (result) => {
      if (!result) {
        if (store.getState().kind === 'conflict') notifyError(t('editedElsewhere'), t('conflictHint'))
        else notify(t('mergedElsewhere'), t('mergedHint'))
        return
      }
      await store.finish()
      notify(t('submitted'), result.isLate ? t(result.isExtra ? 'lateExtra' : 'late') : undefined)
      goOn(`/write${TO_TEXT}`, follow.current)
    },
    onError: (error) => {
      store.release()
      if (isApiError(error) && (error.code === 'conversation-incomplete' || error.code === 'checks-open')) onIncomplete(error)
      const { title, next } = errorText(error)
      notifyError(title, next)
    },
  })
}
