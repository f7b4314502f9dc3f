'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useMe } from '#components/frame/use-me.ts'
import type { ToldIssue } from '#components/ui/use-input-fault.ts'
import { api, isApiError, query } from '#lib/client/api.ts'
import { guidelineCopies } from '#lib/client/guideline-copies.ts'
import type { GuidelineContent } from '#lib/domain/guideline.ts'

/** What the server does not take, by field: `rules.3.slug`. */
export type FieldFault = ToldIssue

export type DraftState =
  | { kind: 'saved'; at: string | null }
  | { kind: 'saving' }
  | { kind: 'offline' }
  | { kind: 'refused'; faults: FieldFault[]; message: string }
  | { kind: 'conflict'; theirs: GuidelineContent; version: number }

const SAVE_AFTER_MS = 1200
const RETRY_AFTER_MS = 3000

/** A refusal with its fields; null for what may pass by itself: no network, no database, too many requests. */
function refusalOf(error: unknown): DraftState | null {
  if (!isApiError(error)) return null
  if (error.code === 'stale-version') {
    const theirs = error.data as { content: GuidelineContent; version: number }
    return { kind: 'conflict', theirs: theirs.content, version: theirs.version }
  }
  if (error.status >= 500 || error.code === 'rate-limited') return null
  const issues = (error.data as { issues?: FieldFault[] } | undefined)?.issues ?? []
  const faults = issues.map((issue) => ({ ...issue, path: issue.path.replace(/^content\./, '') }))
  return { kind: 'refused', faults, message: error.message }
}

/** A copy that this device kept from before guidelines had these parts. */
const whole = (content: GuidelineContent): GuidelineContent => ({
  ...content,
  procedure: content.procedure ?? [],
  rules: content.rules.map((rule) => ({ ...rule, examples: rule.examples ?? [] })),
})

/**
 * The unpublished text in hand: edits at once, is kept on this device at once, saved a moment later, one save at a time; tells what
 * the server refuses, and when somebody else saved in between.
 */
export function useGuidelineDraft(projectId: string) {
  const options = query.getGuidelineDraft.queryOptions({ input: { projectId }, staleTime: Number.POSITIVE_INFINITY })
  const draft = useQuery(options)
  const client = useQueryClient()
  const key = `${useMe().id}-${projectId}`
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
      if (pending.current === content) {
        pending.current = null
        guidelineCopies.drop(key)
      }
      setState({ kind: 'saved', at: saved.savedAt })
    } catch (error) {
      const refusal = refusalOf(error)
      setState(refusal ?? { kind: 'offline' })
      if (!refusal) timer.current = setTimeout(() => void flush(), RETRY_AFTER_MS)
      return false
    } finally {
      isSaving.current = false
    }
    return pending.current ? flush() : true
  }, [projectId, key])

  const latest = useRef<GuidelineContent | null>(null)
  latest.current = edited ?? draft.data?.content ?? null
  const edit = useCallback(
    (change: GuidelineContent | ((now: GuidelineContent) => GuidelineContent)) => {
      const content = typeof change === 'function' ? latest.current && change(latest.current) : change
      if (!content) return
      setEdited(content)
      pending.current = content
      guidelineCopies.write(key, { unsaved: { baseVersion: version.current, content } })
      if (timer.current) clearTimeout(timer.current)
      timer.current = setTimeout(() => void flush(), SAVE_AFTER_MS)
    },
    [flush, key],
  )
  /** Ends a conflict: mine is saved over theirs, or theirs replaces mine on screen. */
  const settle = (choice: 'mine' | 'theirs') => {
    if (state.kind !== 'conflict') return
    version.current = state.version
    if (choice === 'theirs') {
      pending.current = null
      guidelineCopies.drop(key)
      setEdited(state.theirs)
      setState({ kind: 'saved', at: null })
    } else void flush()
  }
  /** Shows what is on the server now: something else wrote it there. */
  const reload = async () => {
    const { content, version: newest } = await api.getGuidelineDraft({ projectId })
    version.current = newest
    setEdited(content)
    setState({ kind: 'saved', at: null })
  }
  // What an earlier visit could not save is taken up again; saved from its own version, so that a newer draft shows as a conflict.
  const isLoaded = draft.data !== undefined
  useEffect(() => {
    const { unsaved } = guidelineCopies.read(key)
    if (!isLoaded || !unsaved) return
    version.current = unsaved.baseVersion
    edit(whole(unsaved.content))
  }, [isLoaded, key, edit])
  // Leaving the page saves what is still waiting; leaving the site with something unsaved asks first.
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => pending.current && event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => {
      window.removeEventListener('beforeunload', warn)
      void flush().then(() => client.invalidateQueries({ queryKey: query.getGuidelineDraft.key() }))
    }
  }, [flush, client])
  return { query: draft, content: edited ?? draft.data?.content ?? null, state, edit, flush, settle, reload, version: () => version.current }
}
