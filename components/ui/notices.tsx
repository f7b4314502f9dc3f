'use client'
import { useTranslations } from 'next-intl'
import { Toaster as Sonner } from 'sonner'

const CLASSES = {
  toast: 'flex w-full items-center gap-3 rounded-lg border bg-surface-0 px-4 py-3 font-sans text-base text-ink-1 shadow-pop',
  description: 'text-ink-2 text-sm',
  actionButton: 'ml-auto shrink-0 rounded-md px-2 py-1 font-medium text-accent hover:bg-surface-2',
  error: 'text-rejected',
  icon: 'shrink-0',
}

/** Above whatever stands at the foot of the window (foot.ts). */
const OFFSET = { bottom: 'calc(var(--foot, 0px) + 12px)' }

export default function Notices() {
  const t = useTranslations('common')
  return (
    <Sonner
      position="bottom-center"
      containerAriaLabel={t('notices')}
      gap={8}
      offset={OFFSET}
      mobileOffset={OFFSET}
      toastOptions={{ unstyled: true, classNames: CLASSES }}
    />
  )
}
