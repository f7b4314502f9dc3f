'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { query } from '#lib/client/api.ts'
import type { Conversation } from './review-page.tsx'

/** Takes the conversation into the person's hands when it is opened, wherever from: others are not sent to it meanwhile, and it can be skipped. */
export function useReviewLease({ id: conversationId, abilities, assignment }: Conversation) {
  const client = useQueryClient()
  const lease = assignment?.kind === 'review' ? assignment : null
  const claim = useMutation(
    query.claimReviewOf.mutationOptions({
      onSuccess: (taken) =>
        client.setQueryData<Conversation>(query.getConversation.queryKey({ input: { conversationId } }), (known) =>
          known ? { ...known, assignment: taken } : known,
        ),
    }),
  )
  const isNeeded = abilities.review && lease === null
  const asked = useRef(false)
  useEffect(() => {
    if (!isNeeded || asked.current) return
    asked.current = true
    claim.mutate({ conversationId })
  }, [isNeeded, claim, conversationId])
  return { lease, error: claim.error }
}
