'use client'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { useRecovery } from '#components/ui/use-recovery.ts'
import { api, isApiError } from '#lib/client/api.ts'
import { ConversationDocument } from '#lib/client/conversation-document.ts'
import type { SaveOutcome, ServerDraft, TabChannel, TabMessage } from '#lib/client/draft-state.ts'
import { indexedDbStorage } from '#lib/client/draft-storage.ts'
import { DraftStore } from '#lib/client/draft-store.ts'
import type { DraftContent } from '#lib/domain/conversation.ts'
import { newId } from '#lib/domain/new-id.ts'

type FetchedDraft = Awaited<ReturnType<typeof api.getDraft>>

function channelOf(conversationId: string): TabChannel & { close: () => void } {
  const channel = new BroadcastChannel(`exemplar-draft-${conversationId}`)
  return {
    post: (message) => channel.postMessage(message),
    listen: (listener) => {
      const handle = (event: MessageEvent<TabMessage>) => listener(event.data)
      channel.addEventListener('message', handle)
      return () => channel.removeEventListener('message', handle)
    },
    close: () => channel.close(),
  }
}

/** How a save ended, from what the API answered or did not. */
async function save(conversationId: string, draft: { baseVersion: number; content: DraftContent }, isLeaving: boolean): Promise<SaveOutcome> {
  try {
    const saved = await api.saveDraft({ conversationId, ...draft }, { context: { keepalive: isLeaving } })
    return { kind: 'saved', version: saved.version, savedAt: Date.parse(saved.savedAt) }
  } catch (error) {
    if (!isApiError(error)) return { kind: 'offline' }
    if (error.code === 'stale-version') {
      const theirs = error.data as { version: number; savedAt: string; content: DraftContent }
      return { kind: 'stale', version: theirs.version, savedAt: Date.parse(theirs.savedAt), content: theirs.content }
    }
    if (error.code === 'unauthenticated') return { kind: 'signed-out' }
    if (error.status >= 500 || error.code === 'rate-limited') return { kind: 'offline' }
    return { kind: 'refused', code: error.code, message: error.message }
  }
}

/** The document being written and what keeps it safe; both live as long as the page shows this conversation. */
export function useDraft(conversationId: string, fetched: FetchedDraft) {
  const [{ document, store, channel }] = useState(() => {
    const server: ServerDraft = { version: fetched.version, savedAt: Date.parse(fetched.savedAt), content: fetched.content }
    const made = new ConversationDocument(server.content)
    const tabs = channelOf(conversationId)
    const drafts = new DraftStore({
      conversationId,
      document: made,
      server,
      storage: indexedDbStorage,
      channel: tabs,
      tabId: newId(),
      save: (draft, { isLeaving }) => save(conversationId, draft, isLeaving),
    })
    return { document: made, store: drafts, channel: tabs }
  })
  // The store talks to the device, the network and other tabs: systems outside React.
  useEffect(() => {
    void store.open()
    const leave = () => window.document.visibilityState === 'hidden' && store.leave()
    const wake = () => store.wake()
    const warn = (event: BeforeUnloadEvent) => store.isAtRisk && event.preventDefault()
    window.document.addEventListener('visibilitychange', leave)
    window.addEventListener('pagehide', leave)
    window.addEventListener('online', wake)
    window.addEventListener('focus', wake)
    window.addEventListener('beforeunload', warn)
    return () => {
      window.document.removeEventListener('visibilitychange', leave)
      window.removeEventListener('pagehide', leave)
      window.removeEventListener('online', wake)
      window.removeEventListener('focus', wake)
      window.removeEventListener('beforeunload', warn)
      store.leave()
    }
  }, [store])
  const state = useSyncExternalStore(store.subscribe, store.getState, store.getState)
  useRecovery(() => store.wake(), state.kind === 'offline')
  return { document, store, state, channel }
}
