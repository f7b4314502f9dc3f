'use client'
import { usePathname } from 'next/navigation'
import { useProject } from '#components/frame/project.tsx'

/**
 * The conversation on screen, by the address, and how to show another at once: a move inside the page, which asks the server
 * for nothing. The address stays true, so reloading and going back work.
 */
export function useShownReview(openedId: string) {
  const project = useProject()
  const prefix = project.path('/review/')
  const pathname = usePathname()
  const shownId = pathname.startsWith(prefix) ? pathname.slice(prefix.length) : openedId
  return { shownId, show: (conversationId: string) => window.history.pushState(null, '', `${prefix}${conversationId}`) }
}
