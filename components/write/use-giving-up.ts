'use client'
import { useTranslations } from 'next-intl'
import { type FollowUp, useFollowUp } from '#components/frame/use-follow-up.ts'
import { useErrorText } from '#components/ui/error-state.tsx'
import { notify, notifyError, notifyUndo } from '#components/ui/toast.tsx'
import { api } from '#lib/client/api.ts'
import type { DraftStore } from '#lib/client/draft-store.ts'
import { useGoOn } from './use-go-on.ts'
import type { Conversation } from './write-page.tsx'

/** Ways to let go of work that is not finished. Each first saves every word, and lets nobody write until it is done. */
export function useGivingUp(conversation: Conversation, store: DraftStore) {
  const t = useTranslations('write')
  const errorText = useErrorText()
  const goOn = useGoOn(conversation.id)
  const begin = useFollowUp()
  const { assignment } = conversation
  const prepare = async (): Promise<boolean> => {
    const isSaved = await store.flush()
    if (!isSaved) notifyError(t('saveFirst'), t('saveFirstHint'))
    return isSaved
  }
  const leave = async (path: string, follow?: FollowUp) => {
    await store.finish()
    goOn(path, follow)
  }
  /** Gives the lease back; what was written stays a draft and can be taken up again. */
  const giveBack = async () => {
    const follow = begin()
    if (!assignment || !(await prepare())) return
    const isWritten = conversation.round > 0 || store.version > 0
    const tell = (error: unknown) => notifyError(errorText(error).title, errorText(error).next)
    try {
      await api.releaseAssignment({ assignmentId: assignment.id })
    } catch (error) {
      store.release()
      return tell(error)
    }
    if (isWritten) {
      const undo = () => api.resumeWork({ conversationId: conversation.id }).then(() => goOn(`/write/${conversation.id}`), tell)
      notifyUndo(t('givenBackKept'), t('undo'), () => void undo())
    } else notify(t('givenBack'))
    await leave('', follow)
  }
  return { prepare, leave, giveBack: () => void giveBack(), isHeld: assignment !== null }
}
