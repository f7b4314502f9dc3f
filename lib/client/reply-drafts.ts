import { createLocalStore } from './local-store.ts'

/** Replies begun and not sent, by person and comment. */
export const replyDrafts = createLocalStore<{ body: string }>('exemplar-reply', { body: '' })

/** By person and comment: two people at one device do not find each other's words. */
export const replyDraftKey = (userId: string, commentId: string): string => `${userId}-${commentId}`
