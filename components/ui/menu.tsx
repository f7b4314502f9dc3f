'use client'
import { Check } from 'lucide-react'
import { DropdownMenu as Radix } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { Kbd } from './kbd.tsx'

const PANEL = 'z-50 animate-fade rounded-lg border bg-surface-0 shadow-pop outline-none'

/** The trigger gets the focus back, unless what was chosen has put it elsewhere by now. */
function keepMovedFocus(event: Event): void {
  const { activeElement } = document
  if (activeElement && activeElement !== document.body && !(event.target as Element).contains(activeElement)) event.preventDefault()
}

/** A menu under its trigger (one focusable element). Children: MenuItem, MenuSeparator, MenuLabel. */
export function Menu({
  trigger,
  align = 'start',
  side = 'bottom',
  children,
}: {
  trigger: ReactElement
  align?: 'start' | 'end'
  side?: 'top' | 'bottom' | 'right'
  children: ReactNode
}) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          onCloseAutoFocus={keepMovedFocus}
          className={classNames(PANEL, 'max-h-(--radix-dropdown-menu-content-available-height) min-w-48 max-w-80 overflow-y-auto p-1')}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

type ItemProps = {
  onSelect: () => void
  icon?: ReactNode
  keys?: string
  /** Shows a tick: this is the current choice. */
  checked?: boolean
  danger?: boolean
  disabled?: boolean
  children: ReactNode
}

export function MenuItem({ onSelect, icon, keys, checked, danger, disabled, children }: ItemProps) {
  return (
    <Radix.Item
      onSelect={onSelect}
      disabled={disabled ?? false}
      aria-current={checked ? 'true' : undefined}
      className={classNames(
        'flex min-h-8 select-none items-center gap-2.5 rounded-md px-2 py-1 text-base outline-none data-disabled:text-ink-3 data-highlighted:bg-surface-2 max-rail:min-h-10 [&>svg]:size-4 [&>svg]:shrink-0',
        danger ? 'text-rejected' : 'text-ink-1 [&>svg]:text-ink-3',
      )}
    >
      {icon}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {checked && <Check aria-hidden className="text-accent" />}
      {keys && <Kbd keys={keys} />}
    </Radix.Item>
  )
}

export const MenuSeparator = () => <Radix.Separator className="my-1 h-px bg-line" />
export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <Radix.Label className="px-2 pt-1.5 pb-1 text-ink-3 text-xs">{children}</Radix.Label>
)
