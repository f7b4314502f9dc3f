'use client'
import type { EditorView } from '@codemirror/view'
import { CaseSensitive, ChevronDown, ChevronUp, X } from 'lucide-react'
import { useTranslations } from 'next-intl'
import {
  type KeyboardEvent,
  type RefObject,
  useDeferredValue,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { Button } from '#components/ui/button.tsx'
import { IconButton } from '#components/ui/icon-button.tsx'
import { Input } from '#components/ui/input.tsx'
import { notify } from '#components/ui/toast.tsx'
import type { ConversationDocument } from '#lib/client/conversation-document.ts'
import { withoutRefused } from '#lib/domain/draft.ts'
import { afterReplacing, findMatches, type Match, MOST_MATCHES, replaceMatches } from '#lib/domain/find.ts'
import { markMatches } from './code-mirror.tsx'
import { viewKey } from './view-key.ts'

export type FindHandle = { focus: () => void }

type Props = {
  ref: RefObject<FindHandle | null>
  document: ConversationDocument
  views: RefObject<ReadonlyMap<string, EditorView>>
  onClose: () => void
}

/** The field of a call's arguments, which is no source editor. */
const argumentsOf = ({ message, call }: Match): HTMLTextAreaElement | null =>
  document.querySelectorAll<HTMLTextAreaElement>(`[data-message="${CSS.escape(message)}"] [data-arguments]`)[call ?? 0] ?? null

/** Finds a text in the whole conversation, marks it, and replaces it. Enter goes on, Shift+Enter back, Escape returns to the text. */
export function FindBar({ ref, document: source, views, onClose }: Props) {
  const t = useTranslations('write.find')
  const [text, setText] = useState('')
  const [replacement, setReplacement] = useState('')
  const [matchCase, setMatchCase] = useState(false)
  const [at, setAt] = useState(0)
  const field = useRef<HTMLInputElement>(null)
  const content = useSyncExternalStore(source.subscribe, source.getContent, source.getContent)
  const { messages } = useDeferredValue(content)
  const matches = useMemo(() => findMatches(messages, { text, matchCase }), [messages, text, matchCase])
  const current = matches.length === 0 ? null : (matches[Math.min(at, matches.length - 1)] ?? null)
  // Where one was, for a search that finds nothing.
  const cameFrom = useRef<Element | null>(null)
  useImperativeHandle(ref, () => ({
    focus: () => {
      field.current?.focus()
      field.current?.select()
    },
  }))
  useEffect(() => {
    cameFrom.current = document.activeElement
    field.current?.focus()
  }, [])

  // Marked in the editors as they stand; those that come later are marked when something changes.
  const marked = useRef(new Set<EditorView>())
  useEffect(() => {
    const found = Map.groupBy(matches, (match) => viewKey(match.message, match.field))
    for (const [key, view] of views.current) {
      const here = found.get(key)
      if (!here && !marked.current.delete(view)) continue
      if (here) marked.current.add(view)
      const ranges = (here ?? []).map((match) => ({ from: match.from, to: match.to, isCurrent: match === current }))
      view.dispatch({ effects: markMatches.of(ranges.filter(({ to }) => to <= view.state.doc.length)) })
    }
  }, [matches, current, views])
  useEffect(() => {
    const { current: withMarks } = marked
    return () => {
      for (const view of withMarks) if (view.dom.isConnected) view.dispatch({ effects: markMatches.of([]) })
    }
  }, [])

  const reveal = (match: Match | null | undefined) => {
    if (!match) return
    const view = views.current.get(viewKey(match.message, match.field))
    const element = view ? view.domAtPos(Math.min(match.from, view.state.doc.length)).node.parentElement : argumentsOf(match)
    element?.scrollIntoView({ block: 'center' })
  }
  const go = (by: number) => {
    if (matches.length === 0) return
    const next = (Math.min(at, matches.length - 1) + by + matches.length) % matches.length
    setAt(next)
    reveal(matches[next])
  }
  const close = () => {
    onClose()
    if (!current) {
      if (cameFrom.current instanceof HTMLElement) cameFrom.current.focus()
      return
    }
    const view = views.current.get(viewKey(current.message, current.field))
    view?.focus()
    view?.dispatch({ selection: { anchor: current.from, head: current.to }, scrollIntoView: true })
    if (view) return
    const area = argumentsOf(current)
    area?.focus()
    area?.setSelectionRange(current.from, current.to)
  }
  // What is replaced is looked up in the text as it is now, a key typed meanwhile included.
  const query = { text, matchCase }
  const find = (most?: number) => findMatches(source.getContent().messages, query, most)
  const replaceOne = () => {
    const index = Math.min(at, matches.length - 1)
    const match = find()[index]
    if (!match) return
    source.apply((draft) => replaceMatches(draft, [match], replacement))
    const left = find()
    const next = afterReplacing(left, index, match, replacement) % Math.max(1, left.length)
    setAt(next)
    reveal(left[next])
  }
  const replaceAll = () => {
    const found = find(Number.POSITIVE_INFINITY)
    if (found.length === 0) return
    source.apply((draft) => replaceMatches(draft, found, replacement))
    notify(t('replaced', { count: found.length }))
  }
  const handleKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    close()
  }
  const onEnter = (run: (event: KeyboardEvent) => void) => (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    run(event)
  }
  return (
    <search
      aria-label={t('label')}
      onKeyDown={handleKeyDown}
      className="sticky top-2 z-20 flex flex-wrap items-center gap-1.5 rounded-lg border bg-surface-0 p-2 shadow-pop"
    >
      <Input
        ref={field}
        aria-label={t('text')}
        placeholder={t('text')}
        className="min-w-40 flex-1"
        value={text}
        onChange={(event) => {
          setText(event.target.value)
          setAt(0)
        }}
        onKeyDown={onEnter((event) => go(event.shiftKey ? -1 : 1))}
      />
      <span role="status" className="min-w-16 text-ink-3 text-sm tabular-nums">
        {text !== '' &&
          t('place', {
            at: current ? Math.min(at, matches.length - 1) + 1 : 0,
            count: matches.length,
            isMost: String(matches.length === MOST_MATCHES),
          })}
      </span>
      <IconButton label={t('matchCase')} icon={<CaseSensitive />} pressed={matchCase} onClick={() => setMatchCase(!matchCase)} />
      <IconButton label={t('previous')} icon={<ChevronUp />} disabled={!current} onClick={() => go(-1)} />
      <IconButton label={t('next')} icon={<ChevronDown />} disabled={!current} onClick={() => go(1)} />
      <IconButton label={t('close')} icon={<X />} onClick={close} />
      <span className="flex w-full items-center gap-1.5">
        <Input
          aria-label={t('replacement')}
          placeholder={t('replacement')}
          className="min-w-40 flex-1"
          value={replacement}
          onChange={(event) => setReplacement(withoutRefused(event.target.value))}
          onKeyDown={onEnter(replaceOne)}
        />
        <Button size="sm" disabled={!current} onClick={replaceOne}>
          {t('replace')}
        </Button>
        <Button size="sm" disabled={!current} onClick={replaceAll}>
          {t('replaceAll')}
        </Button>
      </span>
    </search>
  )
}
