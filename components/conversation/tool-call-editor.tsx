'use client'
import { Trash2, Wrench } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useContext, useEffect, useId, useMemo, useRef } from 'react'
import { FindingsContext } from '#components/check/findings-context.ts'
import { useFindingText } from '#components/check/use-finding-text.ts'
import { IconButton } from '#components/ui/icon-button.tsx'
import { Input, Textarea } from '#components/ui/input.tsx'
import type { ConversationDocument } from '#lib/client/conversation-document.ts'
import type { ToolCall } from '#lib/domain/conversation.ts'
import { removeToolCall, updateToolCall } from '#lib/domain/draft.ts'
import { type ArgumentField, argumentFields, placeOfFault, readArguments, retype, setArgument } from '#lib/domain/tool-arguments.ts'
import { ArgumentInput } from './argument-field.tsx'

type Props = {
  document: ConversationDocument
  messageId: string
  at: number
  call: ToolCall /** Just added: the cursor goes there. */
  isNew: boolean
}

const EXTRA = { title: '', description: '', isRequired: false, kind: 'json', choices: [] } as const satisfies Omit<ArgumentField, 'name'>

type FormProps = { fields: readonly ArgumentField[]; text: string; onChange: (text: string, name: string) => void }

/** The arguments the schema names, in its order, then those it does not. */
function ArgumentsForm({ fields, text, onChange }: FormProps) {
  const t = useTranslations('write.argument')
  const members = readArguments(text)
  if (!members) return <p className="text-ink-3 text-sm">{t('unreadable')}</p>
  const values = new Map(members.map(({ name, value }) => [name, value]))
  const named = new Set(fields.map(({ name }) => name))
  const extra = [...values.keys()].filter((name) => !named.has(name)).map((name): ArgumentField => ({ ...EXTRA, name, choices: [] }))
  return [...fields, ...extra].map((field) => (
    <ArgumentInput
      key={field.name}
      field={field}
      isExtra={!named.has(field.name)}
      value={values.get(field.name)}
      onChange={(value) => onChange(setArgument(text, field.name, value), field.name)}
    />
  ))
}

/** A call of a tool: its name, a form made from the tool's JSON schema, and beside it the arguments as raw JSON, kept as typed. */
export function ToolCallEditor({ document, messageId, at, call, isNew }: Props) {
  const t = useTranslations('write')
  const listId = useId()
  const say = useFindingText()
  const tools = document.getTools()
  const tool = tools.find(({ name }) => name === call.name)
  const fields = useMemo(() => (tool ? argumentFields(tool.parameters) : null), [tool])
  const fault = placeOfFault(call.arguments)
  const findings = useContext(FindingsContext).filter(
    ({ at: place }) => place.message === messageId && place.field === 'arguments' && place.call === at,
  )
  const update = (patch: Partial<ToolCall>, part: string) =>
    document.apply((content) => updateToolCall(content, messageId, at, patch), { key: `call-${call.id}-${part}` })
  const name = useRef<HTMLInputElement>(null)
  useEffect(() => {
    // After the menu has given the focus back.
    if (isNew) requestAnimationFrame(() => name.current?.select())
  }, [isNew])
  return (
    <fieldset className="mt-3 rounded-md border p-3">
      <legend className="sr-only">{t('call', { id: call.id })}</legend>
      <div className="mb-2 flex items-center gap-2">
        <Wrench aria-hidden className="size-3.5 text-ink-3" />
        <Input
          ref={name}
          aria-label={t('callName')}
          list={listId}
          className="h-7 max-w-56 font-mono text-sm"
          value={call.name}
          onChange={(event) => update({ name: event.target.value }, 'name')}
        />
        <datalist id={listId}>
          {tools.map(({ name }) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <span className="truncate font-mono text-ink-3 text-xs">{call.id}</span>
        <span className="ml-auto">
          <IconButton label={t('removeCall')} icon={<Trash2 />} onClick={() => document.apply((content) => removeToolCall(content, messageId, at))} />
        </span>
      </div>
      {tool?.description && <p className="mb-3 text-ink-2 text-sm">{tool.description}</p>}
      <div className={fields ? 'grid grid-cols-1 gap-4 sm:grid-cols-2' : ''}>
        {fields && (
          <div className="flex flex-col gap-3">
            <ArgumentsForm fields={fields} text={call.arguments} onChange={(text, name) => update({ arguments: text }, name)} />
          </div>
        )}
        <div>
          <Textarea
            data-arguments=""
            aria-label={t('callArguments')}
            aria-invalid={fault !== null}
            spellCheck={false}
            className="min-h-16 font-mono text-sm"
            value={call.arguments}
            onChange={(event) => update({ arguments: retype(call.arguments, event.target.value) }, 'json')}
          />
          <div role="status" className="mt-1 min-h-5 text-rejected text-sm">
            {fault && <p>{t('notJson', fault)}</p>}
            {!fault && findings.map((finding) => <p key={`${finding.check} ${JSON.stringify(finding.values)}`}>{say(finding)}</p>)}
          </div>
        </div>
      </div>
    </fieldset>
  )
}
