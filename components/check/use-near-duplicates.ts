'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSettled } from '#components/conversation/use-settled.ts'
import { query } from '#lib/client/api.ts'

/** A save comes every few seconds while somebody writes; asked is when they pause. */
const PAUSE_MS = 5_000

/**
 * Conversations that answer in nearly the words of this one. `saved` names the text on the server, null while it is behind: when it is
 * another, and stays so for a while, it is asked anew; until the answer what was known last is shown.
 */
export function useNearDuplicates(conversationId: string | null, saved: string | number | null, { isWanted = true } = {}) {
  const [known, setKnown] = useState(saved)
  if (saved !== null && saved !== known) setKnown(saved)
  const settled = useSettled(known, PAUSE_MS)
  const options = query.listNearDuplicates.queryOptions({ input: { conversationId: conversationId ?? '' } })
  return useQuery({
    ...options,
    queryKey: [...options.queryKey, settled] as unknown as typeof options.queryKey,
    enabled: isWanted && conversationId !== null,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  }).data?.items
}
