'use client'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { Field } from './field.tsx'
import { Input } from './input.tsx'

type Props = {
  label: string
  hint?: ReactNode
  value: number | null
  /** An empty field means null. */
  isOptional?: boolean
  /** What is wrong with the number, in words, or null. */
  check: (value: number | null) => string | null
  onChange: (value: number | null) => void
}

/** A number typed as text, so that `5e-4` stays what was typed; only what passes the check leaves the field. */
export function NumberField({ label, hint, value, isOptional = false, check, onChange }: Props) {
  const [text, setText] = useState(value === null ? '' : String(value))
  const parse = (typed: string): number | null | undefined => {
    if (typed.trim() === '') return isOptional ? null : undefined
    const number = Number(typed)
    return Number.isFinite(number) ? number : undefined
  }
  const problemOf = (typed: string): string | null => {
    const number = parse(typed)
    return number === undefined ? check(Number.NaN) : check(number)
  }
  const handleChange = (typed: string) => {
    setText(typed)
    const number = parse(typed)
    if (number !== undefined && check(number) === null) onChange(number)
  }
  const problem = problemOf(text)
  const input = useRef<HTMLInputElement>(null)
  // So that whoever uses the numbers finds the field that holds none (`focusInvalid`).
  useEffect(() => input.current?.setCustomValidity(problem ?? ''), [problem])
  return (
    <Field label={label} hint={hint} error={problem ?? undefined}>
      <Input ref={input} inputMode="decimal" value={text} onChange={(event) => handleChange(event.target.value)} className="tabular-nums" />
    </Field>
  )
}
