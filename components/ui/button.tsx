import { Slot } from 'radix-ui'
import type { ButtonHTMLAttributes, MouseEvent, ReactNode, Ref } from 'react'
import { classNames } from './class-names.ts'
import { Kbd } from './kbd.tsx'

const VARIANTS = {
  /** The one main action of a page. */
  primary: 'bg-accent text-on-accent hover:bg-accent-hover disabled:bg-surface-3 disabled:text-ink-3',
  secondary: 'bg-surface-0 text-ink-1 border border-line hover:bg-surface-2 hover:border-line-strong/40 disabled:text-ink-3 disabled:bg-surface-1',
  quiet: 'text-ink-2 hover:bg-surface-2 hover:text-ink-1 disabled:text-ink-3 disabled:bg-transparent',
  danger: 'bg-danger text-on-danger hover:opacity-90 disabled:bg-surface-3 disabled:text-ink-3 disabled:opacity-100',
} as const

const SIZES = { sm: 'h-7 px-2 text-sm gap-1.5', md: 'h-8 px-3 text-base gap-2', lg: 'h-10 px-4 text-base gap-2' } as const

export type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  variant?: keyof typeof VARIANTS
  size?: keyof typeof SIZES
  /** Keeps its width, cannot be pressed and tells assistive technology that work goes on. */
  pending?: boolean
  icon?: ReactNode
  /** Shown inside, e.g. `mod+enter`; the key itself is bound by useShortcuts or useCommands. */
  keys?: string
  /** Renders the single child (a link) with the button's look. */
  asChild?: boolean
  ref?: Ref<HTMLButtonElement>
}

/** A button. `type` is "button" unless given. What takes time is done once, also when the button is double-clicked. */
export function Button({
  variant = 'secondary',
  size = 'md',
  pending,
  icon,
  keys,
  asChild,
  className,
  children,
  disabled,
  onClick,
  ...rest
}: ButtonProps) {
  const handleClick = (event: MouseEvent<HTMLButtonElement>) => {
    if (pending !== undefined && event.detail > 1) event.preventDefault()
    else onClick?.(event)
  }
  const classes = classNames(
    'relative inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap rounded-md font-medium transition-colors',
    VARIANTS[variant],
    SIZES[size],
    className,
  )
  if (asChild) {
    return (
      <Slot.Root className={classes} {...(onClick && { onClick })} {...rest}>
        {children}
      </Slot.Root>
    )
  }
  return (
    <button
      type="button"
      className={classes}
      disabled={disabled}
      aria-busy={pending || undefined}
      aria-disabled={pending || undefined}
      onClick={handleClick}
      {...rest}
      {...(pending ? { onClick: undefined, type: 'button' as const } : {})}
    >
      {pending && <span className="absolute size-3.5 animate-spin rounded-full border-2 border-current border-r-transparent" aria-hidden />}
      <span className={classNames('inline-flex items-center gap-2', pending && 'invisible')}>
        {icon}
        {children}
        {keys && <Kbd keys={keys} tone={variant === 'primary' || variant === 'danger' ? 'inverse' : 'plain'} />}
      </span>
    </button>
  )
}
