import { ChevronDown } from 'lucide-react'
import type { InputHTMLAttributes, Ref, SelectHTMLAttributes, TextareaHTMLAttributes } from 'react'
import { classNames } from './class-names.ts'

const BOX =
  'w-full rounded-md border border-line-strong/55 bg-surface-0 px-2.5 text-base text-ink-1 transition-colors hover:border-line-strong focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 disabled:bg-surface-1 disabled:text-ink-3 aria-invalid:border-rejected'

/** One line of text. */
export function Input({ className, ...rest }: InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> }) {
  return <input className={classNames(BOX, 'h-8 max-rail:h-10 max-rail:text-md', className)} {...rest} />
}

/** Several lines of text; grows with its content where the browser can. */
export function Textarea({ className, ...rest }: TextareaHTMLAttributes<HTMLTextAreaElement> & { ref?: Ref<HTMLTextAreaElement> }) {
  return <textarea rows={3} className={classNames(BOX, 'field-sizing-content min-h-16 py-1.5 max-rail:text-md', className)} {...rest} />
}

/** The system's own select: it works with every input device and injects no styles. Children are `<option>`s. */
export function Select({ className, children, ...rest }: SelectHTMLAttributes<HTMLSelectElement> & { ref?: Ref<HTMLSelectElement> }) {
  return (
    <span className={classNames('relative inline-flex', className ?? 'w-full')}>
      <select className={classNames(BOX, 'h-8 appearance-none truncate pr-8 max-rail:h-10 max-rail:text-md')} {...rest}>
        {children}
      </select>
      <ChevronDown aria-hidden className="-translate-y-1/2 pointer-events-none absolute top-1/2 right-2 size-4 text-ink-3" />
    </span>
  )
}
