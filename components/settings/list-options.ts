// How each list of the settings is paged; server and browser must ask with the same input to share an answer.

type Paged = { nextCursor: string | null }
const paging = { initialPageParam: undefined as string | undefined, getNextPageParam: (page: Paged) => page.nextCursor ?? undefined }
const at = (cursor: string | undefined) => (cursor === undefined ? {} : { cursor })

export const memberPages = (projectId: string) => ({ input: (cursor: string | undefined) => ({ projectId, ...at(cursor) }), ...paging })

export const tokenPages = (projectId: string) => ({ input: (cursor: string | undefined) => ({ projectId, ...at(cursor) }), ...paging })

export const userPages = (text: string) => ({ input: (cursor: string | undefined) => ({ ...(text ? { text } : {}), ...at(cursor) }), ...paging })

/** `projectId` undefined: the chain of the instance. */
export const auditPages = (projectId: string | undefined, event: string) => ({
  input: (cursor: string | undefined) => ({ ...(projectId ? { projectId } : {}), ...(event ? { event } : {}), ...at(cursor) }),
  ...paging,
})
