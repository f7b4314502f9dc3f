'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { ChecksPanel } from '#components/check/checks-panel.tsx'
import { useChecks } from '#components/check/use-checks.ts'
import { ConversationEditor, type EditorHandle } from '#components/conversation/conversation-editor.tsx'
import { Button } from '#components/ui/button.tsx'
import { useErrorText } from '#components/ui/error-state.tsx'
import { Input } from '#components/ui/input.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { notify, notifyError } from '#components/ui/toast.tsx'
import { WorkBar } from '#components/ui/work-bar.tsx'
import { api } from '#lib/client/api.ts'
import { ConversationDocument } from '#lib/client/conversation-document.ts'
import type { DraftContent } from '#lib/domain/conversation.ts'
import { isSame } from '#lib/domain/same.ts'
import { turnFaults } from '#lib/domain/turns.ts'
import { OwnSuggestions } from './own-suggestions.tsx'
import type { Conversation, Revision } from './review-page.tsx'
import type { OwnDraft } from './use-review-draft.ts'

const KEEP_AFTER_MS = 500

/** The text as a draft holds it. */
const textOf = ({ messages, tools, acknowledgements }: Revision): DraftContent => ({
  messages,
  tools,
  ...(acknowledgements.length > 0 && { acknowledgements }),
})

type Props = { conversation: Conversation; revision: Revision; draft: OwnDraft; onClose: () => void; onFixed: () => void }

/** The submission as a text to correct in place. Sent, it is a new revision with the reviewer as its editor, for another reviewer to judge. */
export function FixDesk({ conversation, revision, draft, onClose, onFixed }: Props) {
  const t = useTranslations('review')
  const c = useTranslations('checks')
  const client = useQueryClient()
  const errorText = useErrorText()
  const [original] = useState(() => textOf(revision))
  const [source] = useState(() => new ConversationDocument(draft.kept.fix?.content ?? original))
  const [note, setNote] = useState(draft.kept.fix?.note ?? '')
  const [attempt] = useState(() => `fix-${revision.id}-${Date.now()}`)
  const content = useSyncExternalStore(source.subscribe, source.getContent, source.getContent)
  const isChanged = !isSame(content, original)
  const faults = turnFaults(content.messages, { complete: true })
  const { findings, open, learn } = useChecks(conversation, content, revision.id)
  const editor = useRef<EditorHandle>(null)
  const { set } = draft
  const keep = () => set({ fix: isChanged ? { content, note } : null })
  // Kept on this device a moment after the last key, as everything a reviewer writes.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `keep` reads exactly what is listed
  useEffect(() => {
    const timer = setTimeout(keep, KEEP_AFTER_MS)
    return () => clearTimeout(timer)
  }, [content, note])
  const fix = useMutation({
    mutationFn: () =>
      api.fixConversation({ conversationId: conversation.id, revisionId: revision.id, content, note }, { context: { idempotencyKey: attempt } }),
    onSuccess: async () => {
      draft.clear()
      notify(t('fixed'), t('fixedHint'))
      onFixed()
      await client.invalidateQueries()
    },
    onError: (error) => {
      learn(error)
      notifyError(errorText(error).title, errorText(error).next)
    },
  })
  const save = () => {
    if (faults[0]) notifyError(t('notComplete'), faults[0].message)
    else if (open > 0) notifyError(t('notComplete'), c('open', { count: open }))
    else if (isChanged) fix.mutate()
    else notifyError(t('nothingFixed'))
  }
  const close = () => {
    keep()
    onClose()
  }
  const discard = () => {
    set({ fix: null })
    onClose()
  }
  useCommands([
    { id: 'save-fix', title: t('saveFix'), keys: 'mod+enter', run: save },
    { id: 'close-fix', title: t('closeFix'), keys: 'escape', run: close },
  ])
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only listens for Escape from the editors inside
    <div
      className="grid min-h-dvh grid-rows-[1fr_auto]"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented || event.nativeEvent.isComposing) return
        event.preventDefault()
        close()
      }}
    >
      <div className="grid min-w-0 grid-cols-1 content-start gap-x-8 px-4 py-6 sm:px-6 xl:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="min-w-0">
          <p className="mx-auto mb-6 max-w-[46rem] border-accent border-l-2 pl-3">{t('fixHint')}</p>
          <OwnSuggestions comments={draft.kept.comments} revision={revision} messages={content.messages} document={source} />
          <ConversationEditor ref={editor} document={source} findings={findings} />
        </div>
        <aside aria-label={c('title')} className="min-w-0 xl:sticky xl:top-6 xl:self-start">
          <h2 className="font-medium text-sm">{c('title')}</h2>
          <ChecksPanel document={source} content={content} faults={faults} findings={findings} onShow={(place) => editor.current?.show(place)} />
        </aside>
      </div>
      <WorkBar>
        <Input
          aria-label={t('fixNote')}
          placeholder={t('fixNote')}
          className="h-8 min-w-40 flex-1"
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        <Button variant="quiet" onClick={discard}>
          {t('discardFix')}
        </Button>
        <Button keys="escape" onClick={close}>
          {t('closeFix')}
        </Button>
        <Button variant="primary" keys="mod+enter" pending={fix.isPending} onClick={save}>
          {t('saveFix')}
        </Button>
      </WorkBar>
    </div>
  )
}
