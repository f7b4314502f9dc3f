'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { api, isApiError, query } from '#lib/client/api.ts'
import type { GuidelineContent } from '#lib/domain/guideline.ts'

export type DraftState =
  | { kind: 'saved'; at: string | null }
  | { kind: 'saving' }
  | { kind: 'offline' }
  | { kind: 'conflict'; theirs: GuidelineContent; version: number }

const SAVE_AFTER_MS = 1200
const RETRY_AFTER_MS = 3000

/** The unpublished text in hand: edits at once, saves a moment later, one save at a time, and tells when somebody else saved in between. */
export function useGuidelineDraft(projectId: string) {
  const options = query.getGuidelineDraft.queryOptions({ input: { projectId }, staleTime: Number.POSITIVE_INFINITY })
  const draft = useQuery(options)
  const client = useQueryClient()
  const [edited, setEdited] = useState<GuidelineContent | null>(null)
  const [state, setState] = useState<DraftState>({ kind: 'saved', at: null })
  const version = useRef(0)
  const pending = useRef<GuidelineContent | null>(null)
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null)
  const isSaving = useRef(false)
  if (draft.data && edited === null) version.current = draft.data.version

  const flush = useCallback(async (): Promise<boolean> => {
    if (timer.current) clearTimeout(timer.current)
    const content = pending.current
    if (isSaving.current || !content) return !content
    isSaving.current = true
    setState({ kind: 'saving' })
    try {
      const saved = await api.saveGuidelineDraft({ projectId, baseVersion: version.current, content })
      version.current = saved.version
      if (pending.current === content) pending.current = null
      setState({ kind: 'saved', at: saved.savedAt })
    } catch (error) {
      if (isApiError(error) && error.code === 'stale-version') {
        const theirs = error.data as { content: GuidelineContent; version: number }
        setState({ kind: 'conflict', theirs: theirs.content, version: theirs.version })
      } else {
        setState({ kind: 'offline' })
        timer.current = setTimeout(() => void flush(), RETRY_AFTER_MS)
      }
      return false
    } finally {
      isSaving.current = false
    }
    return pending.current ? flush() : true
  }, [projectId])

  const latest = useRef<GuidelineContent | null>(null)
  latest.current = edited ?? draft.data?.content ?? null
  const edit = (change: GuidelineContent | ((now: GuidelineContent) => GuidelineContent)) => {
    const content = typeof change === 'function' ? latest.current && change(latest.current) : change
    if (!content) return
    setEdited(content)
    pending.current = content
    if (timer.current) clearTimeout(timer.current)
    timer.current = setTimeout(() => void flush(), SAVE_AFTER_MS)
  }
  /** Ends a conflict: mine is saved over theirs, or theirs replaces mine on screen. */
  const settle = (choice: 'mine' | 'theirs') => {
    if (state.kind !== 'conflict') return
    version.current = state.version
    if (choice === 'theirs') {
      pending.current = null
      setEdited(state.theirs)
      setState({ kind: 'saved', at: null })
    } else void flush()
  }
  // Leaving the page saves what is still waiting.
  useEffect(
    () => () => {
      void flush().then(() => client.invalidateQueries({ queryKey: query.getGuidelineDraft.key() }))
    },
    [flush, client],
  )
  return { query: draft, content: edited ?? draft.data?.content ?? null, state, edit, flush, settle, version: () => version.current }
}
