'use client'
import { Trash2, Wrench } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useId } from 'react'
import { IconButton } from '#components/ui/icon-button.tsx'
import { Input, Textarea } from '#components/ui/input.tsx'
import type { ConversationDocument } from '#lib/client/conversation-document.ts'
import type { ToolCall } from '#lib/domain/conversation.ts'
import { removeToolCall, updateToolCall } from '#lib/domain/draft.ts'

type Props = { document: ConversationDocument; messageId: string; at: number; call: ToolCall }

function faultOf(text: string): string | null {
  try {
    JSON.parse(text)
    return null
  } catch (error) {
    return (error as Error).message
  }
}

/** A call of a tool: its name and its arguments as raw JSON, kept as typed; what is wrong with it is said below. */
export function ToolCallEditor({ document, messageId, at, call }: Props) {
  const t = useTranslations('write')
  const listId = useId()
  const fault = faultOf(call.arguments)
  const update = (patch: Partial<ToolCall>) => document.apply((content) => updateToolCall(content, messageId, at, patch), { key: `call-${call.id}` })
  return (
    <fieldset className="mt-3 rounded-md border p-3">
      <legend className="sr-only">{t('call', { id: call.id })}</legend>
      <div className="mb-2 flex items-center gap-2">
        <Wrench aria-hidden className="size-3.5 text-ink-3" />
        <Input
          aria-label={t('callName')}
          list={listId}
          className="h-7 max-w-56 font-mono text-sm"
          value={call.name}
          onChange={(event) => update({ name: event.target.value })}
        />
        <datalist id={listId}>
          {document.getTools().map((tool) => (
            <option key={tool.name} value={tool.name} />
          ))}
        </datalist>
        <span className="font-mono text-ink-3 text-xs">{call.id}</span>
        <span className="ml-auto">
          <IconButton label={t('removeCall')} icon={<Trash2 />} onClick={() => document.apply((content) => removeToolCall(content, messageId, at))} />
        </span>
      </div>
      <Textarea
        aria-label={t('callArguments')}
        aria-invalid={fault !== null}
        spellCheck={false}
        className="min-h-16 font-mono text-sm"
        value={call.arguments}
        onChange={(event) => update({ arguments: event.target.value })}
      />
      <p role="status" className="mt-1 min-h-5 text-rejected text-sm">
        {fault && t('notJson', { message: fault })}
      </p>
    </fieldset>
  )
}
