'use client'
import type { EditorView } from '@codemirror/view'
import { Plus } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type Ref, useCallback, useEffect, useEffectEvent, useImperativeHandle, useRef, useState, useSyncExternalStore } from 'react'
import { FindingsContext } from '#components/check/findings-context.ts'
import { beside } from '#components/ui/beside.tsx'
import { Button } from '#components/ui/button.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import type { ConversationDocument } from '#lib/client/conversation-document.ts'
import type { Finding } from '#lib/domain/check/finding.ts'
import type { Role } from '#lib/domain/conversation.ts'
import { addMessage, moveMessage, newMessageId, nextRole } from '#lib/domain/draft.ts'
import './conversation.css'
import type { FindHandle } from './find-bar.tsx'
import { MessageEditor } from './message-editor.tsx'

const FindBar = beside(() => import('./find-bar.tsx').then((module) => module.FindBar))

/** What the page can ask of the editor. */
export type EditorHandle = {
  /** Goes to a message; where a place in its content is named, selects it. */
  show: (place: { message: string; field?: string; from?: number; to?: number }) => void
}

type Props = {
  ref?: Ref<EditorHandle>
  document: ConversationDocument
  /** Of each message for the model, by id, when they are known. */
  tokens?: Readonly<Record<string, number>> | null
  /** What the checks found in the text. */
  findings?: readonly Finding[] | null
  /** Begins in the last turn, or at the button that adds the first. */
  autoFocus?: boolean
}

const NONE: readonly Finding[] = []

/** Every turn of a conversation, to write: one history over text and structure, keys to go and to add. */
export function ConversationEditor({ ref, document: source, autoFocus = false, tokens = null, findings = null }: Props) {
  const t = useTranslations('write')
  const ids = useSyncExternalStore(source.subscribe, source.getIds, source.getIds)
  const views = useRef(new Map<string, EditorView>())
  const wanted = useRef<string | null>(null)
  const keepView = useCallback((id: string, view: EditorView | null) => {
    if (!view) return void views.current.delete(id)
    views.current.set(id, view)
    if (wanted.current === id) {
      wanted.current = null
      view.focus()
    }
  }, [])
  const cursorOf = useCallback((id: string) => views.current.get(id)?.state.selection.main.head ?? 0, [])
  const focusedId = () => document.activeElement?.closest<HTMLElement>('[data-message]')?.dataset.message ?? null
  const focus = (id: string | null | undefined) => {
    if (!id) return
    const view = views.current.get(id)
    if (view) view.focus()
    else wanted.current = id
  }
  const show: EditorHandle['show'] = ({ message, field, from, to }) => {
    document.querySelector(`[data-message="${CSS.escape(message)}"]`)?.scrollIntoView({ block: 'center' })
    const view = views.current.get(message)
    if (!view) return
    view.focus()
    if ((field !== 'content' && field !== 'result') || from === undefined || to === undefined) return
    const end = view.state.doc.length
    view.dispatch({ selection: { anchor: Math.min(from, end), head: Math.min(to, end) }, scrollIntoView: true })
  }
  useImperativeHandle(ref, () => ({ show }))
  const add = (role?: Role) => {
    const id = newMessageId()
    wanted.current = id
    const after = focusedId() ?? undefined
    source.apply((content) => addMessage(content, { id, ...(after ? { after } : {}), ...(role ? { role } : {}) }))
  }
  const go = (by: number) => {
    const at = ids.indexOf(focusedId() ?? '')
    focus(ids[Math.max(0, Math.min(ids.length - 1, at + by))])
  }
  const move = (by: number) => {
    const id = focusedId()
    if (!id) return
    source.apply((content) => moveMessage(content, id, by))
    requestAnimationFrame(() => focus(id))
  }
  const openMenu = () => {
    const trigger = document.querySelector(`[data-message-menu="${focusedId()}"]`)
    // Menus open by pointer or key; a click of a script is neither.
    trigger?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }))
  }
  const [isPreviewed, setIsPreviewed] = useState(false)
  const [isFinding, setIsFinding] = useState(false)
  const finder = useRef<FindHandle>(null)
  const find = () => {
    setIsFinding(true)
    finder.current?.focus()
  }
  const addButton = useRef<HTMLButtonElement>(null)
  const begin = useEffectEvent(() => {
    const last = ids.at(-1)
    if (last) focus(last)
    else addButton.current?.focus()
  })
  useEffect(() => {
    if (autoFocus) begin()
  }, [autoFocus])
  useCommands([
    { id: 'add', title: t('addTurn'), keys: 'alt+enter', run: () => add() },
    { id: 'previous', title: t('previous'), keys: 'mod+arrowup', run: () => go(-1), hidden: true, repeats: true },
    { id: 'next', title: t('next'), keys: 'mod+arrowdown', run: () => go(1), hidden: true, repeats: true },
    { id: 'up', title: t('moveUp'), keys: 'alt+arrowup', run: () => move(-1), repeats: true },
    { id: 'down', title: t('moveDown'), keys: 'alt+arrowdown', run: () => move(1), repeats: true },
    { id: 'undo', title: t('undo'), keys: 'mod+z', run: () => focus(source.undo()), repeats: true },
    { id: 'redo', title: t('redo'), keys: 'mod+shift+z', run: () => focus(source.redo()), repeats: true },
    { id: 'menu', title: t('menu'), keys: 'mod+.', run: openMenu },
    { id: 'preview', title: t('preview'), keys: 'mod+shift+p', run: () => setIsPreviewed(!isPreviewed) },
    { id: 'find', title: t('find.label'), keys: 'mod+f', run: find },
  ])
  const following = nextRole(source.getContent().messages)
  return (
    <div className="mx-auto w-full max-w-[46rem] space-y-7">
      {isFinding && <FindBar ref={finder} document={source} views={views} onClose={() => setIsFinding(false)} />}
      <FindingsContext value={findings ?? NONE}>
        {ids.map((id, index) => (
          <MessageEditor
            key={id}
            document={source}
            id={id}
            position={index + 1}
            tokens={tokens?.[id] ?? null}
            isPreviewed={isPreviewed}
            onView={keepView}
            cursorOf={cursorOf}
          />
        ))}
      </FindingsContext>
      <div className="flex flex-wrap gap-2">
        {(['user', 'assistant', 'tool', 'system'] as const).map((role) => (
          <Button
            key={role}
            ref={role === following ? addButton : undefined}
            size="sm"
            variant={role === following ? 'secondary' : 'quiet'}
            icon={<Plus className="size-3.5" />}
            onClick={() => add(role)}
          >
            {t(`roles.${role}`)}
          </Button>
        ))}
        <Checkbox className="ml-auto self-center" label={t('preview')} checked={isPreviewed} onChange={() => setIsPreviewed(!isPreviewed)} />
      </div>
    </div>
  )
}
