'use client'
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useNearDuplicates } from '#components/check/use-near-duplicates.ts'
import { useProject } from '#components/frame/project.tsx'
import { api, query } from '#lib/client/api.ts'
import { outbox } from '#lib/client/outbox.ts'
import type { Judging } from '#lib/domain/assignment.ts'
import type { Conversation } from './review-page.tsx'

const LOOK_AGAIN_MS = 30_000
/** As many as one claim may leave out. */
const MOST_EXCEPT = 10

/** What must not be given as the next: the one on screen, and those whose verdict is under way. */
export const exceptFor = (shownId: string | null): string[] => [...new Set([...(shownId ? [shownId] : []), ...outbox.subjects])].slice(0, MOST_EXCEPT)

/** What is known of a conversation names the lease on it that is held now; the rest of it is fetched anew when it is looked at. */
const noteLease = (client: QueryClient, conversationId: string, assignment: Conversation['assignment']) =>
  client.setQueryData<Conversation>(query.getConversation.queryKey({ input: { conversationId } }), (known) => known && { ...known, assignment }, {
    updatedAt: 0,
  })

/** The leases on their way back. A claim waits for them, or it would be given what is about to be taken away. */
let givenBack: Promise<unknown> = Promise.resolve()

/** Nobody is left to be told how it went: an unreleased lease ends by itself. */
function release(assignmentId: string): void {
  const released = api.releaseAssignment({ assignmentId }, { context: { keepalive: true } }).catch(() => undefined)
  givenBack = Promise.all([givenBack, released])
}

/**
 * Claims the next submission while the person reads, and fetches it, so that it is there the moment a verdict is given. Given back
 * when the person leaves without taking it.
 */
export function useNextReview(shownId: string, { kind, isWanted }: { kind: Judging; isWanted: boolean }) {
  const project = useProject()
  const client = useQueryClient()
  const isLeft = useRef(false)
  const taken = useRef<string | null>(null)
  /** The lease given last: it may have come in the moment in which the person left, before anything was drawn for it. */
  const given = useRef<string | null>(null)
  const claim = useQuery({
    queryKey: ['next-review', project.id, kind, shownId],
    queryFn: async () => {
      await givenBack
      const lease = await api.claimWork({ projectId: project.id, kind, except: exceptFor(shownId) })
      // Given while the person was leaving: nobody would give it back.
      if (isLeft.current) release(lease.id)
      else {
        given.current = lease.id
        if (lease.conversationId) noteLease(client, lease.conversationId, lease)
      }
      return lease
    },
    enabled: isWanted,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchInterval: ({ state }) => (state.status === 'error' ? LOOK_AGAIN_MS : false),
  })
  const nextId = claim.data?.conversationId ?? null
  // Watched, not only fetched: what nobody watches is forgotten after a while.
  const { currentRevisionId } =
    useQuery(query.getConversation.queryOptions({ input: { conversationId: nextId ?? '' }, enabled: nextId !== null })).data ?? {}
  // Shown above its text: what came later would push it down.
  useNearDuplicates(nextId ?? '', currentRevisionId ?? '', { isWanted: Boolean(nextId && currentRevisionId) })
  const assignmentId = claim.data?.id ?? null
  useEffect(() => {
    if (!assignmentId) return
    const giveBack = () => {
      if (taken.current === assignmentId) return
      taken.current = assignmentId
      release(assignmentId)
      if (nextId) noteLease(client, nextId, null)
    }
    window.addEventListener('pagehide', giveBack)
    return () => {
      window.removeEventListener('pagehide', giveBack)
      giveBack()
    }
  }, [client, assignmentId, nextId])
  // After the effect above, which gives back what was drawn.
  useEffect(() => {
    isLeft.current = false
    return () => {
      isLeft.current = true
      if (given.current && given.current !== taken.current) release(given.current)
      taken.current = given.current
    }
  }, [])
  return {
    /** The next one, which is the person's from now on; null when none is there yet. */
    take: (): string | null => {
      taken.current = assignmentId ?? taken.current
      return nextId
    },
  }
}
