'use client'
import type { EditorView } from '@codemirror/view'
import { Brain, EllipsisVertical } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { memo, useCallback, useState, useSyncExternalStore } from 'react'
import { beside } from '#components/ui/beside.tsx'
import { IconButton } from '#components/ui/icon-button.tsx'
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '#components/ui/menu.tsx'
import { notifyError, notifyUndo } from '#components/ui/toast.tsx'
import type { ConversationDocument } from '#lib/client/conversation-document.ts'
import type { Message } from '#lib/domain/conversation.ts'
import {
  addToolCall,
  callsAbove,
  changeRole,
  duplicateMessage,
  editContent,
  editReasoning,
  linkResult,
  mergeWithAbove,
  moveMessage,
  newCallId,
  newMessageId,
  removeMessage,
  restoreMessage,
  setReasoning,
  setTrain,
  splitMessage,
} from '#lib/domain/draft.ts'
import { ROLES } from '#lib/domain/turns.ts'
import { ROLE_RULE, RoleLabel } from './role-label.tsx'
import { SourceEditor } from './source-editor.tsx'
import { TextPreview } from './text-preview.tsx'
import { viewKey } from './view-key.ts'

const ToolCallEditor = beside(() => import('./tool-call-editor.tsx').then((module) => module.ToolCallEditor))

type Props = {
  document: ConversationDocument
  id: string
  position: number
  /** How long it is for the model, when that is known. */
  tokens: number | null
  /** Shows below the text how its reader will see it. */
  isPreviewed: boolean
  /** Remembers the message's editor, for keys that go from one to the next. */
  onView: (id: string, view: EditorView | null) => void
  /** Where the cursor stands in this message, for splitting there. */
  cursorOf: (id: string) => number
}

/** The calls a result can answer; made when the menu opens, for they may have changed without this turn. */
function ResultLinks({ document, message }: { document: ConversationDocument; message: Message }) {
  const t = useTranslations('write')
  const calls = callsAbove(document.getContent().messages, document.getIds().indexOf(message.id))
  return (
    <>
      <MenuLabel>{t(calls.length > 0 ? 'resultOf' : 'noCallAbove')}</MenuLabel>
      {calls.map((call) => (
        <MenuItem
          key={call.id}
          checked={message.toolCallId === call.id}
          onSelect={() => document.apply((content) => linkResult(content, message.id, call))}
        >
          {`${call.name} ${call.arguments}`}
        </MenuItem>
      ))}
      <MenuSeparator />
    </>
  )
}

function MessageMenu({ document, id, cursorOf, onCall }: Pick<Props, 'document' | 'id' | 'cursorOf'> & { onCall: (id: string) => void }) {
  const t = useTranslations('write')
  const message = document.getMessage(id)
  if (!message) return null
  const remove = () => {
    const above = document.getIds().slice(0, document.getIds().indexOf(id))
    document.apply((content) => removeMessage(content, id))
    notifyUndo(t('removed'), t('undo'), () => document.apply((content) => restoreMessage(content, message, above)))
  }
  const addCall = () => {
    const call = newCallId()
    document.apply((content) => addToolCall(content, id, document.getTools()[0]?.name ?? 'tool', call))
    onCall(call)
  }
  const isAssistant = message.role === 'assistant'
  return (
    <Menu trigger={<IconButton label={t('menu')} icon={<EllipsisVertical />} data-message-menu={id} />} align="end">
      <MenuLabel>{t('role')}</MenuLabel>
      {ROLES.map((role) => (
        <MenuItem key={role} checked={message.role === role} onSelect={() => document.apply((content) => changeRole(content, id, role))}>
          {t(`roles.${role}`)}
        </MenuItem>
      ))}
      <MenuSeparator />
      {message.role === 'tool' && <ResultLinks document={document} message={message} />}
      {isAssistant && (
        <>
          <MenuItem checked={message.train} onSelect={() => document.apply((content) => setTrain(content, id, !message.train))}>
            {t('train')}
          </MenuItem>
          <MenuItem onSelect={() => document.apply((content) => setReasoning(content, id, message.reasoning === undefined ? '' : undefined))}>
            {message.reasoning === undefined ? t('addThinking') : t('removeThinking')}
          </MenuItem>
          <MenuItem onSelect={addCall}>{t('addCall')}</MenuItem>
          <MenuSeparator />
        </>
      )}
      <MenuItem onSelect={() => document.apply((content) => duplicateMessage(content, id, newMessageId()))}>{t('duplicate')}</MenuItem>
      <MenuItem onSelect={() => document.apply((content) => splitMessage(content, id, cursorOf(id), newMessageId()))}>{t('split')}</MenuItem>
      <MenuItem onSelect={() => document.apply((content) => mergeWithAbove(content, id))}>{t('mergeAbove')}</MenuItem>
      <MenuItem keys="alt+arrowup" onSelect={() => document.apply((content) => moveMessage(content, id, -1))}>
        {t('moveUp')}
      </MenuItem>
      <MenuItem keys="alt+arrowdown" onSelect={() => document.apply((content) => moveMessage(content, id, 1))}>
        {t('moveDown')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem danger onSelect={remove}>
        {t('remove')}
      </MenuItem>
    </Menu>
  )
}

/** One turn being written: who speaks, the thinking apart, the text, calls. Redrawn only when it changes itself. */
export const MessageEditor = memo(function MessageEditor({ document, id, position, tokens, isPreviewed, onView, cursorOf }: Props) {
  const t = useTranslations('write')
  const message = useSyncExternalStore(
    document.subscribe,
    () => document.getMessage(id),
    () => document.getMessage(id),
  )
  const [newCall, setNewCall] = useState<string | null>(null)
  const keepView = useCallback((view: EditorView | null) => onView(id, view), [onView, id])
  const keepThinking = useCallback((view: EditorView | null) => onView(viewKey(id, 'reasoning'), view), [onView, id])
  const refuse = (reason: 'nul' | 'surrogate' | 'reserved') => notifyError(t(`refused.${reason}`))
  if (!message) return null
  return (
    <section
      aria-label={t('messageLabel', { position, role: t(`roles.${message.role}`) })}
      data-message={id}
      className={`border-l-2 pl-4 ${ROLE_RULE[message.role]}`}
    >
      <header className="mb-1 flex h-7 items-center gap-2">
        <RoleLabel role={message.role} />
        {message.role === 'assistant' && !message.train && <span className="text-ink-3 text-xs">{t('notTrained')}</span>}
        {message.role === 'tool' && <span className="font-mono text-ink-3 text-xs">{message.name ?? message.toolCallId}</span>}
        {tokens !== null && <span className="ml-auto text-ink-3 text-xs tabular-nums">{t('messageTokens', { tokens })}</span>}
        <span className={tokens === null ? 'ml-auto' : ''}>
          <MessageMenu document={document} id={id} cursorOf={cursorOf} onCall={setNewCall} />
        </span>
      </header>
      {message.reasoning !== undefined && (
        <div className="mb-3 rounded-md bg-surface-1 px-3 py-2">
          <p className="mb-1 flex items-center gap-1.5 text-ink-3 text-sm">
            <Brain aria-hidden className="size-3.5" />
            {t('thinking')}
          </p>
          <SourceEditor
            value={message.reasoning}
            label={t('thinkingLabel', { position })}
            placeholder={t('thinkingHint')}
            onRefused={refuse}
            isLocked={document.isFrozen}
            onView={keepThinking}
            onEdits={(edits) => document.apply((content) => editReasoning(content, id, edits), { key: `thinking-${id}` })}
          />
        </div>
      )}
      <SourceEditor
        value={message.content}
        label={t('textLabel', { position, role: t(`roles.${message.role}`) })}
        placeholder={t(`hint.${message.role}`)}
        onRefused={refuse}
        isLocked={document.isFrozen}
        onView={keepView}
        onEdits={(edits, source) => document.apply((content) => editContent(content, id, edits, source), { key: `text-${id}` })}
      />
      {isPreviewed && message.role !== 'tool' && <TextPreview text={message.content} position={position} />}
      {(message.toolCalls ?? []).map((call, at) => (
        <ToolCallEditor key={call.id} document={document} messageId={id} at={at} call={call} isNew={call.id === newCall} />
      ))}
    </section>
  )
})
