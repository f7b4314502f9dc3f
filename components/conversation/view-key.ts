import type { Match } from '#lib/domain/find.ts'

/** How the editor of a text is known: its message, and which of its texts. */
export const viewKey = (message: string, field: Match['field']): string => (field === 'content' ? message : `${message} ${field}`)
