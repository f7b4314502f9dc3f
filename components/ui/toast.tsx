'use client'
import { useTranslations } from 'next-intl'
import { Toaster as Sonner, toast as sonner } from 'sonner'

const CLASSES = {
  toast: 'flex w-full items-center gap-3 rounded-lg border bg-surface-0 px-4 py-3 text-base text-ink-1 shadow-pop',
  description: 'text-ink-2 text-sm',
  actionButton: 'ml-auto shrink-0 rounded-md px-2 py-1 font-medium text-accent hover:bg-surface-2',
  error: 'text-rejected',
  icon: 'shrink-0',
}

/** Where notices appear; mounted once in the root layout. */
export function Toaster() {
  const t = useTranslations('common')
  return (
    <Sonner
      position="bottom-center"
      containerAriaLabel={t('notices')}
      gap={8}
      offset={20}
      mobileOffset={{ bottom: 72 }}
      toastOptions={{ unstyled: true, classNames: CLASSES }}
    />
  )
}

/** A short notice that goes away by itself. */
export const notify = (message: string, description?: string) => sonner(message, description ? { description } : {})

/** Something did not work and the page itself does not show it. */
export const notifyError = (message: string, description?: string) =>
  sonner.error(message, { duration: 10_000, ...(description ? { description } : {}) })

/** Something was done that can be taken back for eight seconds. */
export const notifyUndo = (message: string, undoLabel: string, onUndo: () => void) =>
  sonner(message, { duration: 8000, action: { label: undoLabel, onClick: onUndo } })
