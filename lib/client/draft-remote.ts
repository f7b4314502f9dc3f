import type { DraftContent } from '#lib/domain/conversation.ts'
import { diffDraft } from '#lib/domain/draft-patch.ts'
import { isSame } from '#lib/domain/same.ts'
import { api, isApiError } from './api.ts'
import type { SaveOutcome, ServerDraft, UnsavedDraft } from './draft-state.ts'

type Fetched = { version: number; savedAt: string; content: DraftContent }

/** A draft as the API tells it. */
export const serverDraftOf = ({ version, savedAt, content }: Fetched): ServerDraft => ({ version, savedAt: Date.parse(savedAt), content })

/** The text that made the server refuse a save or a submission as stale; null for every other error. */
export const newerDraftOf = (error: unknown): ServerDraft | null => {
  const data = isApiError(error) && error.code === 'stale-version' ? (error.data as Partial<Fetched> | undefined) : undefined
  return data?.content ? serverDraftOf(data as Fetched) : null
}

/** The text on the server; null when it could not be had or is no draft any more. */
export const loadDraft = (conversationId: string): Promise<ServerDraft | null> => api.getDraft({ conversationId }).then(serverDraftOf, () => null)

/** Who is signed in on this device instead of the author of a text; null when it is the author, or cannot be found out. */
async function otherThan(authorId: string): Promise<string | null> {
  const me = await api.getMe({}).catch(() => null)
  return me && me.id !== authorId ? me.name || me.email : null
}

/** What changed, which is small. Where that does not fit the text it was made for, although the server has no other, the whole. */
async function send(conversationId: string, { baseVersion, base, content }: UnsavedDraft, isLeaving: boolean) {
  const options = { context: { keepalive: isLeaving } }
  try {
    return await api.patchDraft({ conversationId, baseVersion, patch: diffDraft(base, content) }, options)
  } catch (error) {
    const theirs = newerDraftOf(error)
    if (theirs?.version !== baseVersion || !isSame(theirs.content, base)) throw error
    return await api.saveDraft({ conversationId, baseVersion, content }, options)
  }
}

/** How a save ended, from what the API answered or did not. */
export async function saveDraft(
  { conversationId, authorId }: { conversationId: string; authorId: string },
  draft: UnsavedDraft,
  isLeaving: boolean,
): Promise<SaveOutcome> {
  try {
    const saved = await send(conversationId, draft, isLeaving)
    return { kind: 'saved', version: saved.version, savedAt: Date.parse(saved.savedAt) }
  } catch (error) {
    if (!isApiError(error)) return { kind: 'offline' }
    const newer = newerDraftOf(error)
    if (newer) return { kind: 'stale', ...newer }
    if (error.code === 'unauthenticated') return { kind: 'signed-out' }
    if (error.status >= 500 || error.code === 'rate-limited') return { kind: 'offline' }
    // To somebody else the draft does not exist, and that would be said to its author.
    const name = isLeaving ? null : await otherThan(authorId)
    if (name !== null) return { kind: 'other-person', name }
    return { kind: 'refused', code: error.code, message: error.message }
  }
}
