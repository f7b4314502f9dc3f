import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react'
import { classNames } from './class-names.ts'
import { Tooltip } from './tooltip.tsx'

export type IconButtonProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'children' | 'aria-label'> & {
  /** What it does: the accessible name and the tooltip. */
  label: string
  icon: ReactNode
  /** Shown in the tooltip. */
  keys?: string
  pressed?: boolean
  ref?: Ref<HTMLButtonElement>
}

/** A square button with an icon only; its name is in the tooltip. */
export function IconButton({ label, icon, keys, pressed, className, ...rest }: IconButtonProps) {
  return (
    <Tooltip label={label} {...(keys ? { keys } : {})}>
      <button
        type="button"
        aria-label={label}
        aria-pressed={pressed}
        className={classNames(
          'inline-flex size-8 shrink-0 items-center justify-center rounded-md text-ink-2 transition-colors hover:bg-surface-2 hover:text-ink-1 disabled:text-ink-3 disabled:opacity-60 aria-pressed:bg-accent-soft aria-pressed:text-accent [&>svg]:size-4',
          className,
        )}
        {...rest}
      >
        {icon}
      </button>
    </Tooltip>
  )
}
