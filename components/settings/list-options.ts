// What each list of the settings asks for; pages prefetch with the same.
import { pages } from '#lib/client/paging.ts'

export const memberPages = (projectId: string) => pages({ projectId })

export const tokenPages = (projectId: string) => pages({ projectId })

export const userPages = (text: string) => pages(text ? { text } : {})

/** `projectId` undefined: the chain of the instance. */
export const auditPages = (projectId: string | undefined, event: string) =>
  pages({ ...(projectId ? { projectId } : {}), ...(event ? { event } : {}) })
