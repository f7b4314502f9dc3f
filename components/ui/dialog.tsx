'use client'
import { X } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { footSheet } from './foot.ts'
import { ShortcutLayer } from './shortcuts.tsx'

type Props = {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  description?: ReactNode
  titleHidden?: boolean
  /** Buttons, right-aligned, the main one last. */
  footer?: ReactNode
  children?: ReactNode
  size?: 'sm' | 'md' | 'lg'
  /** Selector-free hook for the first focus; call `event.preventDefault()` and focus what you want. */
  onOpenAutoFocus?: (event: Event) => void
}

const WIDTH = { sm: 'max-w-sm', md: 'max-w-lg', lg: 'max-w-3xl' } as const

function Close() {
  const t = useTranslations('common')
  return (
    <Radix.Close
      className="-mr-1.5 inline-flex size-8 shrink-0 items-center justify-center rounded-md text-ink-3 hover:bg-surface-2 hover:text-ink-1"
      aria-label={t('close')}
    >
      <X className="size-4" />
    </Radix.Close>
  )
}

const Foot = ({ children }: { children: ReactNode }) => (
  <footer ref={footSheet} className="flex flex-wrap justify-end gap-2 border-t px-5 py-3">
    {children}
  </footer>
)

/** Nothing describes it unless the caller does; Radix would warn about the missing text. */
const describedBy = (description: ReactNode) => (description ? {} : { 'aria-describedby': undefined })

/** A modal window in the middle (on phones at the bottom). Its own shortcuts work, those of the page rest. */
export function Dialog({ open, onOpenChange, title, titleHidden, description, footer, children, size = 'md', onOpenAutoFocus }: Props) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-[oklch(0.15_0.01_265/0.4)]" />
        <Radix.Content
          {...describedBy(description)}
          {...(onOpenAutoFocus ? { onOpenAutoFocus } : {})}
          className={classNames(
            'fixed inset-x-0 bottom-0 z-40 mx-auto flex max-h-[88dvh] w-full animate-rise flex-col rounded-t-lg bg-surface-0 shadow-pop outline-none sm:top-[12dvh] sm:bottom-auto sm:max-h-[76dvh] sm:rounded-lg sm:border',
            WIDTH[size],
          )}
        >
          <ShortcutLayer>
            <header className={classNames('flex items-start justify-between gap-4 px-5 pt-4', titleHidden && 'sr-only')}>
              <Radix.Title className="py-1 font-semibold text-md">{title}</Radix.Title>
              <Close />
            </header>
            <div className="min-h-0 overflow-y-auto px-5 pb-5">
              {description && <Radix.Description className="mb-4 text-ink-2">{description}</Radix.Description>}
              {children}
            </div>
            {footer && <Foot>{footer}</Foot>}
          </ShortcutLayer>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

/** A panel that slides in from the right over the page (the whole width on phones). */
export function Drawer({ open, onOpenChange, title, titleHidden, description, footer, children, size = 'md', onOpenAutoFocus }: Props) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-[oklch(0.15_0.01_265/0.28)]" />
        <Radix.Content
          {...describedBy(description)}
          {...(onOpenAutoFocus ? { onOpenAutoFocus } : {})}
          className={classNames(
            'fixed inset-y-0 right-0 z-40 flex w-full animate-slide flex-col bg-surface-0 shadow-pop outline-none sm:border-l',
            WIDTH[size],
          )}
        >
          <ShortcutLayer>
            <header className={classNames('flex items-start justify-between gap-4 border-b px-5 py-3', titleHidden && 'sr-only')}>
              <Radix.Title className="py-1 font-semibold text-md">{title}</Radix.Title>
              <Close />
            </header>
            <div className="min-h-0 flex-1 overflow-y-auto p-5">
              {description && <Radix.Description className="mb-4 text-ink-2">{description}</Radix.Description>}
              {children}
            </div>
            {footer && <Foot>{footer}</Foot>}
          </ShortcutLayer>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
