'use client'
import { X } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type ReactElement, useState } from 'react'
import { Field } from '#components/ui/field.tsx'
import { IconButton } from '#components/ui/icon-button.tsx'
import { Input, Select, Textarea } from '#components/ui/input.tsx'
import { type ArgumentField, type ArgumentKind, retype, shownValue, typedValue } from '#lib/domain/tool-arguments.ts'

type Props = {
  field: ArgumentField
  /** The member's JSON text; undefined where the arguments have none. */
  value: string | undefined
  /** Null takes the member away. */
  onChange: (value: string | null) => void
  /** A member the schema does not name. */
  isExtra?: boolean
}

/** One member of a call's arguments, asked for as its schema wants it; a value of another kind is shown as the JSON it is. */
export function ArgumentInput({ field, value, onChange, isExtra = false }: Props) {
  const t = useTranslations('write.argument')
  // What is typed and is no value yet, such as "-" on the way to a number; forgotten when the value changes by other means.
  const [typing, setTyping] = useState<{ text: string; over: string | undefined } | null>(null)
  // While one types, the field stays what it is: another would take the cursor away.
  const [held, setHeld] = useState<ArgumentKind | null>(null)
  const unfinished = typing?.over === value ? typing : null
  const shown = value === undefined ? '' : shownValue(field, value)
  const kind = held ?? (shown === null ? 'json' : field.kind)
  const current = (kind === 'json' ? value : shown) ?? value ?? ''
  const type = (typed: string) => {
    const next = typedValue({ kind, isRequired: field.isRequired }, retype(current, typed))
    setTyping(next === undefined ? { text: typed, over: value } : null)
    if (next !== undefined && next !== (value ?? null)) onChange(next)
  }
  const text = unfinished?.text ?? current
  const change = (event: { target: { value: string } }) => type(event.target.value)
  const controls: Record<ArgumentField['kind'], () => ReactElement<{ id?: string }>> = {
    text: () => <Textarea rows={1} className="min-h-8!" value={text} onChange={change} />,
    number: () => <Input inputMode="decimal" className="max-w-40 font-mono" value={text} onChange={change} />,
    json: () => <Textarea rows={1} spellCheck={false} className="min-h-8! font-mono text-sm" value={text} onChange={change} />,
    boolean: () => choices(),
    choice: () => choices(),
  }
  const choices = () => (
    <Select value={text} onChange={change}>
      <option value="">{t('none')}</option>
      {field.choices.map((choice) => (
        <option key={choice} value={choice}>
          {choice.replace(/^"(.*)"$/s, '$1')}
        </option>
      ))}
    </Select>
  )
  const fault = unfinished === null ? null : t(kind === 'number' ? 'noNumber' : 'noJson')
  const hints = [isExtra ? t('extra') : field.description, field.isRequired ? t('required') : ''].filter(Boolean)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only listens for the focus of the field inside
    <div className="flex items-start gap-1" onFocus={() => setHeld(kind)} onBlur={() => setHeld(null)}>
      <Field
        className="min-w-0 flex-1"
        label={field.title || field.name}
        required={field.isRequired}
        hint={hints.join(' · ') || undefined}
        error={fault}
      >
        {controls[kind]()}
      </Field>
      {isExtra && <IconButton label={t('remove', { name: field.name })} icon={<X />} onClick={() => onChange(null)} />}
    </div>
  )
}
