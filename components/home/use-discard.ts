'use client'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useEffect, useRef, useState } from 'react'
import { useErrorText } from '#components/ui/error-state.tsx'
import { notifyError, notifyUndo } from '#components/ui/toast.tsx'
import { api, query } from '#lib/client/api.ts'

const UNDO_MS = 8000
const REASON = 'Discarded by its author'

/**
 * Throws a draft away. A withdrawal cannot be taken back, so it is sent when the time to think again is over, or when the person
 * leaves the page; until then the line is only out of sight.
 */
export function useDiscard() {
  const t = useTranslations('home')
  const client = useQueryClient()
  const errorText = useErrorText()
  const [gone, setGone] = useState<readonly string[]>([])
  const timers = useRef(new Map<string, ReturnType<typeof setTimeout>>())
  const forget = (id: string) => {
    clearTimeout(timers.current.get(id))
    timers.current.delete(id)
  }
  const comeBack = (id: string) => setGone((ids) => ids.filter((each) => each !== id))
  const send = async (id: string) => {
    forget(id)
    try {
      await api.withdrawConversation({ conversationId: id, reason: REASON }, { context: { keepalive: true } })
      await client.invalidateQueries({ queryKey: query.getHome.key() })
    } catch (error) {
      comeBack(id)
      notifyError(errorText(error).title, errorText(error).next)
    }
  }
  const latest = useRef(send)
  latest.current = send
  useEffect(() => {
    const waiting = timers.current
    const sendAll = () => {
      for (const id of [...waiting.keys()]) void latest.current(id)
    }
    window.addEventListener('pagehide', sendAll)
    return () => {
      window.removeEventListener('pagehide', sendAll)
      sendAll()
    }
  }, [])
  const discard = (id: string) => {
    setGone((ids) => [...ids, id])
    timers.current.set(
      id,
      setTimeout(() => void latest.current(id), UNDO_MS),
    )
    notifyUndo(t('discarded'), t('undo'), () => {
      if (!timers.current.has(id)) return
      forget(id)
      comeBack(id)
    })
  }
  return { discard, isGone: (id: string) => gone.includes(id) }
}
