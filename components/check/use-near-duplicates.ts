'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSettled } from '#components/conversation/use-settled.ts'
import { query } from '#lib/client/api.ts'

/** A save comes every few seconds while somebody writes; asked is when they pause. */
const PAUSE_MS = 5_000

type Wanted = { isWanted?: boolean; keepsLast?: boolean }

/** Conversations that answer in nearly the words of this one, in the text of it that `text` names. */
export function useNearDuplicates(conversationId: string, text: string | number, { isWanted = true, keepsLast = false }: Wanted = {}) {
  const options = query.listNearDuplicates.queryOptions({ input: { conversationId } })
  return useQuery({
    ...options,
    queryKey: [...options.queryKey, text] as unknown as typeof options.queryKey,
    enabled: isWanted,
    ...(keepsLast ? { placeholderData: keepPreviousData } : {}),
    staleTime: Number.POSITIVE_INFINITY,
  }).data?.items
}

/**
 * The same of a text that is being written. `saved` names the text the server has, null while it is behind: when it is another, and
 * stays so for a while, it is asked anew; until the answer what was known last is shown.
 */
export function useOwnNearDuplicates(conversationId: string, saved: string | number | null, { isWanted }: { isWanted: boolean }) {
  const [known, setKnown] = useState(saved ?? '')
  if (saved !== null && saved !== known) setKnown(saved)
  return useNearDuplicates(conversationId, useSettled(known, PAUSE_MS), { isWanted, keepsLast: true })
}
