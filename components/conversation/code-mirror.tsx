'use client'
import { defaultKeymap } from '@codemirror/commands'
import { Annotation, EditorState, StateEffect, StateField, Transaction } from '@codemirror/state'
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightSpecialChars,
  keymap,
  placeholder as placeholderText,
} from '@codemirror/view'
import { useEffect, useRef } from 'react'
import { footMargin } from '#components/ui/foot.ts'
import { useNonce } from '#components/ui/nonce.tsx'
import { HUMAN, PASTE, type TextRefusal, textRefusal, withoutRefused } from '#lib/domain/draft.ts'
import { editBetween, type OriginSource, type TextEdit } from '#lib/domain/origin.ts'

export type SourceEditorProps = {
  value: string
  label: string
  placeholder?: string
  onEdits: (edits: TextEdit[], source: OriginSource) => void
  onRefused: (reason: TextRefusal) => void
  /** True while the text stands still: keystrokes then change nothing. */
  isLocked?: () => boolean
  /** The view while the editor is mounted, null afterwards: for focus and the cursor's place. */
  onView?: (view: EditorView | null) => void
}

const fromOutside = Annotation.define<boolean>()

/** Keys of the whole conversation: submitting, moving turns, going from one to the next. The editor has other uses for them. */
const NOT_OURS = new Set(['Mod-Enter', 'Alt-ArrowUp', 'Alt-ArrowDown', 'Cmd-ArrowUp', 'Cmd-ArrowDown'])
const KEYS = defaultKeymap.filter(({ key, mac }) => !NOT_OURS.has(key ?? '') && !NOT_OURS.has(mac ?? ''))

/** Marks passages that were searched for, sorted, in place of those marked before. */
export const markMatches = StateEffect.define<readonly { from: number; to: number; isCurrent: boolean }[]>()

const MATCH = Decoration.mark({ class: 'found' })
const CURRENT_MATCH = Decoration.mark({ class: 'found found-current' })
const matches = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (marked, { changes, effects }) =>
    effects.reduce(
      (before, effect) =>
        effect.is(markMatches)
          ? Decoration.set(effect.value.map(({ from, to, isCurrent }) => (isCurrent ? CURRENT_MATCH : MATCH).range(from, to)))
          : before,
      marked.map(changes),
    ),
  provide: (field) => EditorView.decorations.from(field),
})

const theme = EditorView.theme({
  '&': { fontSize: '1rem', backgroundColor: 'transparent', color: 'var(--text-1)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'inherit', lineHeight: '1.6' },
  '.cm-content': { padding: '0', caretColor: 'var(--text-1)' },
  '.cm-line': { padding: '0' },
  '.cm-cursor': { borderLeftColor: 'var(--text-1)' },
  '.cm-placeholder': { color: 'var(--text-3)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--accent-soft)' },
})

/**
 * A field of source text that grows with it. What it holds is the text, byte for byte: only LF ends a line, so that a CR stays
 * a character; what no text may hold is refused at the keystroke.
 */
export default function CodeMirror({ value, label, placeholder = '', onEdits, onRefused, isLocked, onView }: SourceEditorProps) {
  const nonce = useNonce()
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const handlers = useRef({ onEdits, onRefused, isLocked, onView })
  handlers.current = { onEdits, onRefused, isLocked, onView }

  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor is made once; later values come through the effect below
  useEffect(() => {
    if (!host.current) return
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          EditorView.cspNonce.of(nonce),
          EditorState.lineSeparator.of('\n'),
          theme,
          drawSelection(),
          highlightSpecialChars(),
          matches,
          EditorView.lineWrapping,
          EditorView.scrollMargins.of(() => ({ bottom: footMargin() })),
          EditorView.perLineTextDirection.of(true),
          EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'true', autocapitalize: 'sentences', dir: 'auto' }),
          placeholderText(placeholder),
          keymap.of(KEYS),
          EditorState.transactionFilter.of((transaction) => {
            // Text that came from elsewhere is the document's, and sound.
            if (transaction.annotation(fromOutside)) return transaction
            if (transaction.docChanged && handlers.current.isLocked?.()) return []
            let refused: TextRefusal | null = null
            const changes: { from: number; to: number; insert: string }[] = []
            transaction.changes.iterChanges((from, to, _start, _end, inserted) => {
              refused ??= textRefusal(inserted.toString())
              changes.push({ from, to, insert: withoutRefused(inserted.toString()) })
            })
            if (!refused) return transaction
            handlers.current.onRefused(refused)
            if (changes.every(({ insert }) => insert === '')) return []
            // The rest of a long paste is kept; the cursor goes behind it.
            const { startState } = transaction
            const cleaned = startState.changes(changes)
            const head = cleaned.mapPos(startState.selection.main.to, 1)
            const userEvent = transaction.annotation(Transaction.userEvent)
            return { changes: cleaned, selection: { anchor: head }, ...(userEvent && { userEvent }) }
          }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged) return
            for (const transaction of update.transactions) {
              if (transaction.annotation(fromOutside)) continue
              const edits: TextEdit[] = []
              transaction.changes.iterChanges((from, to, _start, _end, inserted) => edits.push({ from, to, inserted: inserted.toString() }))
              if (edits.length > 0) handlers.current.onEdits(edits, transaction.isUserEvent('input.paste') ? PASTE : HUMAN)
            }
          }),
        ],
      }),
    })
    view.current = editor
    handlers.current.onView?.(editor)
    return () => {
      handlers.current.onView?.(null)
      editor.destroy()
      view.current = null
    }
  }, [])

  // Text that came from elsewhere: undo, another tab, a merge.
  useEffect(() => {
    const editor = view.current
    const before = editor?.state.doc.toString()
    if (!editor || before === undefined || before === value) return
    // The one stretch in which they differ, so that the cursor stays where it is in what is the same.
    const { from, to, inserted } = editBetween(before, value)
    editor.dispatch({ changes: { from, to, insert: inserted }, annotations: fromOutside.of(true) })
  }, [value])

  return <div ref={host} className="source-editor min-h-[1.6em]" />
}
