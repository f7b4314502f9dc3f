'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { api, query } from '#lib/client/api.ts'
import type { Conversation } from './review-page.tsx'

/** Takes the conversation into the person's hands when it is opened, wherever from: others are not sent to it meanwhile, and it can be skipped. */
export function useReviewLease({ id: conversationId, abilities, assignment }: Conversation) {
  const client = useQueryClient()
  const kind = abilities.adjudicate ? 'adjudicate' : 'review'
  const lease = assignment?.kind === kind ? assignment : null
  const claim = useMutation({
    mutationFn: () => (kind === 'adjudicate' ? api.claimAdjudicationOf({ conversationId }) : api.claimReviewOf({ conversationId })),
    onSuccess: (taken) =>
      client.setQueryData<Conversation>(query.getConversation.queryKey({ input: { conversationId } }), (known) =>
        known ? { ...known, assignment: taken } : known,
      ),
  })
  const isNeeded = (abilities.review || abilities.adjudicate) && lease === null
  const asked = useRef(false)
  useEffect(() => {
    if (!isNeeded || asked.current) return
    asked.current = true
    claim.mutate()
  }, [isNeeded, claim])
  return { lease, kind, error: claim.error } as const
}
