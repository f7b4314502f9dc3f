'use client'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { useMe } from '#components/frame/use-me.ts'
import { useRecovery } from '#components/ui/use-recovery.ts'
import { type api, query } from '#lib/client/api.ts'
import { ConversationDocument } from '#lib/client/conversation-document.ts'
import { loadDraft, saveDraft, serverDraftOf } from '#lib/client/draft-remote.ts'
import type { TabChannel, TabMessage } from '#lib/client/draft-state.ts'
import { indexedDbStorage } from '#lib/client/draft-storage.ts'
import { DraftStore } from '#lib/client/draft-store.ts'
import { StepStore } from '#lib/client/edit-steps.ts'
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

/** The document being written and what keeps it safe; both live as long as the page shows this conversation. */
export function useDraft(conversationId: string, fetched: FetchedDraft) {
  const client = useQueryClient()
  const { id: authorId } = useMe()
  const [{ document, store, channel, steps }] = useState(() => {
    const server = serverDraftOf(fetched)
    const made = new ConversationDocument(server.content)
    const tabs = channelOf(conversationId)
    const drafts = new DraftStore({
      conversationId,
      document: made,
      server,
      storage: indexedDbStorage,
      channel: tabs,
      tabId: newId(),
      save: (draft, { isLeaving }) => saveDraft({ conversationId, authorId }, draft, isLeaving),
      load: () => loadDraft(conversationId),
    })
    const kept = new StepStore(`${authorId}-${conversationId}`, window.sessionStorage)
    kept.restore(made)
    return { document: made, store: drafts, channel: tabs, steps: kept }
  })
  // The store talks to the device, the network and other tabs: systems outside React.
  useEffect(() => {
    // What only this device had is part of the text now: the history may be that of the whole.
    void store.open().then(() => steps.restore(document))
    const leave = () => {
      if (window.document.visibilityState !== 'hidden') return
      store.leave()
      steps.keep(document)
    }
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
      if (store.isClosed) steps.drop()
      else steps.keep(document)
    }
  }, [store, steps, document])
  const state = useSyncExternalStore(store.subscribe, store.getState, store.getState)
  useRecovery(() => store.wake(), state.kind === 'offline')
  const isOtherPerson = state.kind === 'other-person'
  // The frame names whoever is signed in now, and the author again once they are back.
  useEffect(() => {
    if (!isOtherPerson) return
    const refresh = () => void client.invalidateQueries({ queryKey: query.getMe.key() })
    refresh()
    return refresh
  }, [isOtherPerson, client])
  return { document, store, state, channel }
}
