'use client'
import dynamic from 'next/dynamic'
import type { toast as Sonner } from 'sonner'

/** Where notices appear; mounted once in the root layout. No page waits for it. */
export const Toaster = dynamic(() => import('./notices.tsx'), { ssr: false })

const show = (how: (toast: typeof Sonner) => void) => void import('sonner').then(({ toast }) => how(toast))

/** A short notice that goes away by itself. */
export const notify = (message: string, description?: string) => show((toast) => toast(message, description ? { description } : {}))

/** Something did not work and the page itself does not show it. */
export const notifyError = (message: string, description?: string) =>
  show((toast) => toast.error(message, { duration: 10_000, ...(description ? { description } : {}) }))

/** As notifyError, with something to do about it. */
export const notifyErrorWith = (message: string, description: string, action: { label: string; run: () => void }) =>
  show((toast) => toast.error(message, { duration: 20_000, description, action: { label: action.label, onClick: action.run } }))

/** Something was done that can be taken back for eight seconds; `id` is for dismissing the notice when it was taken back otherwise. */
export const notifyUndo = (message: string, undoLabel: string, onUndo: () => void, id?: string) =>
  show((toast) => toast(message, { ...(id ? { id } : {}), duration: 8000, action: { label: undoLabel, onClick: onUndo } }))

/** Takes a notice away that is no longer true. */
export const dismissNotice = (id: string) => show((toast) => toast.dismiss(id))
