import { newId } from '#lib/domain/new-id.ts'
import { createLocalStore } from './local-store.ts'

/** A reply as it is sent: after a lost answer the same words under the same key are said once. */
export type Sending = { body: string; idempotencyKey: string }

/** Replies begun and not sent, by person and comment. `sending` is what was sent last and not answered. */
export const replyDrafts = createLocalStore<{ body: string; sending: Sending | null }>('exemplar-reply', { body: '', sending: null })

/** By person and comment: two people at one device do not find each other's words. */
export const replyDraftKey = (userId: string, commentId: string): string => `${userId}-${commentId}`

/** Keeps what the reply says now. */
export const writeReply = (draftKey: string, body: string): void => replyDrafts.writeSoon(draftKey, { ...replyDrafts.read(draftKey), body })

/** The draft as it is to be sent. Its key is on the device before it leaves, so that closing form or page does not make another of it. */
export function sendingOf(draftKey: string): Sending {
  const { body, sending } = replyDrafts.read(draftKey)
  if (sending?.body === body) return sending
  const fresh = { body, idempotencyKey: newId() }
  replyDrafts.write(draftKey, { body, sending: fresh })
  return fresh
}

/** What was sent has come: drops the draft, unless something else was written by now. True where it was dropped. */
export function settleReply(draftKey: string, { body: sentBody }: Sending): boolean {
  const { body } = replyDrafts.read(draftKey)
  const isWhole = body === sentBody || body === ''
  if (isWhole) replyDrafts.drop(draftKey)
  else replyDrafts.write(draftKey, { body, sending: null })
  return isWhole
}
