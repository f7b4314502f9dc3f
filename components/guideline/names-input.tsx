'use client'
import { type ReactNode, useState } from 'react'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { commaList } from '#lib/domain/comma-list.ts'

type Props = {
  label: string
  hint?: ReactNode
  className?: string
  /** The id of a datalist with names to choose from. */
  list?: string
  value: readonly string[]
  onChange: (names: string[]) => void
}

/** Several names in one line, with commas between. */
export function NamesInput({ label, hint, className = '', list, value, onChange }: Props) {
  const [typed, setTyped] = useState(value.join(', '))
  // What came from elsewhere (an undo, another's text) replaces what was typed; a comma being typed does not.
  const text = commaList(typed).join() === value.join() ? typed : value.join(', ')
  return (
    <Field label={label} hint={hint} className={className}>
      <Input
        list={list}
        value={text}
        onChange={(event) => {
          setTyped(event.target.value)
          onChange(commaList(event.target.value))
        }}
      />
    </Field>
  )
}
