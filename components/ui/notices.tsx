'use client'
import { useTranslations } from 'next-intl'
import { Toaster as Sonner } from 'sonner'

const CLASSES = {
  toast: 'flex w-full items-center gap-3 rounded-lg border bg-surface-0 px-4 py-3 text-base text-ink-1 shadow-pop',
  description: 'text-ink-2 text-sm',
  actionButton: 'ml-auto shrink-0 rounded-md px-2 py-1 font-medium text-accent hover:bg-surface-2',
  error: 'text-rejected',
  icon: 'shrink-0',
}

export default function Notices() {
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
