import { Check } from 'lucide-react'
import type { InputHTMLAttributes, ReactNode, Ref } from 'react'
import { classNames } from './class-names.ts'

// Native inputs: Radix's add a hidden twin with inline styles, which the content security policy refuses.
type ToggleProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'type'> & {
  label: ReactNode
  hint?: ReactNode
  labelHidden?: boolean
  ref?: Ref<HTMLInputElement>
}

function Labelled({
  label,
  hint,
  labelHidden,
  className,
  children,
}: {
  label: ReactNode
  hint?: ReactNode
  labelHidden?: boolean | undefined
  className?: string | undefined
  children: ReactNode
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is among the children
    <label className={classNames('inline-flex items-start gap-2.5 text-base has-disabled:text-ink-3', className)}>
      {children}
      <span className={labelHidden ? 'sr-only' : 'min-w-0'}>
        {label}
        {hint && <span className="block text-ink-3 text-sm">{hint}</span>}
      </span>
    </label>
  )
}

/** A box to tick. */
export function Checkbox({ label, hint, labelHidden, className, ...rest }: ToggleProps) {
  return (
    <Labelled label={label} hint={hint} labelHidden={labelHidden} className={className}>
      <span className="relative mt-[3px] inline-flex size-4 shrink-0">
        <input
          type="checkbox"
          className="peer size-4 appearance-none rounded-sm border border-line-strong bg-surface-0 transition-colors checked:border-accent checked:bg-accent disabled:opacity-50"
          {...rest}
        />
        <Check
          aria-hidden
          strokeWidth={3}
          className="pointer-events-none absolute inset-0.5 size-3 text-on-accent opacity-0 peer-checked:opacity-100"
        />
      </span>
    </Labelled>
  )
}

/** Something that is on or off at once, without a save button. */
export function Switch({ label, hint, labelHidden, className, ...rest }: ToggleProps) {
  return (
    <Labelled label={label} hint={hint} labelHidden={labelHidden} className={className}>
      <span className="relative mt-0.5 inline-flex h-[18px] w-8 shrink-0">
        <input
          type="checkbox"
          // biome-ignore lint/a11y/useAriaPropsForRole: a native checkbox says by itself whether it is checked
          role="switch"
          className="peer h-[18px] w-8 appearance-none rounded-full border border-line-strong bg-surface-2 transition-colors checked:border-accent checked:bg-accent disabled:opacity-50"
          {...rest}
        />
        <span
          aria-hidden
          className="pointer-events-none absolute top-[3px] left-[3px] size-3 rounded-full bg-line-strong transition-transform peer-checked:translate-x-3.5 peer-checked:bg-on-accent"
        />
      </span>
    </Labelled>
  )
}
