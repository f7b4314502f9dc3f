'use client'
import { cloneElement, type ReactElement, type ReactNode, useId } from 'react'
import { classNames } from './class-names.ts'

type ControlProps = {
  id?: string
  'aria-describedby'?: string | undefined
  'aria-invalid'?: boolean | undefined
  'aria-required'?: boolean | undefined
}

type FieldProps = {
  /** Of the control, where something else must find it. */
  id?: string
  label: string
  /** One quiet sentence below the control. */
  hint?: ReactNode
  /** What is wrong and what to do; replaces the hint. */
  error?: string | null | undefined
  required?: boolean
  /** Keeps the label for screen readers only. */
  labelHidden?: boolean
  className?: string
  children: ReactElement<ControlProps>
}

/** Label, control, hint and error, tied together for assistive technology. */
export function Field({ id: given, label, hint, error, required, labelHidden, className, children }: FieldProps) {
  const made = useId()
  const id = given ?? made
  const describedBy = error ? `${id}-error` : hint ? `${id}-hint` : undefined
  return (
    <div className={classNames('flex flex-col gap-1.5', className)}>
      <label htmlFor={id} className={labelHidden ? 'sr-only' : 'font-medium text-ink-1 text-sm'}>
        {label}
      </label>
      {cloneElement(children, {
        id,
        'aria-describedby': describedBy,
        'aria-invalid': error ? true : undefined,
        'aria-required': required || undefined,
      })}
      {error ? (
        <p id={`${id}-error`} role="alert" className="text-rejected text-sm">
          {error}
        </p>
      ) : (
        hint && (
          <p id={`${id}-hint`} className="text-ink-3 text-sm">
            {hint}
          </p>
        )
      )}
    </div>
  )
}
