import type { api } from '#lib/client/api.ts'

/** A comment of a verdict as the API gives it. */
export type Remark = Awaited<ReturnType<typeof api.getConversation>>['reviews'][number]['comments'][number]
