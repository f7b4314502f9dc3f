'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { useEffect, useRef } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { Page } from '#components/ui/page-header.tsx'
import { RefreshLine } from '#components/ui/refresh-line.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { type api, query } from '#lib/client/api.ts'
import { Workbench } from './workbench.tsx'

export type Conversation = Awaited<ReturnType<typeof api.getConversation>>

/** Opens one conversation for its author: takes the lease up again where it was returned or had ended, then loads the draft. */
export function WritePage({ conversationId }: { conversationId: string }) {
  const t = useTranslations('write')
  const project = useProject()
  const client = useQueryClient()
  const conversation = useQuery(query.getConversation.queryOptions({ input: { conversationId } }))
  const { data } = conversation
  const isOpen = data?.abilities.write === true
  const needsLease = isOpen && data.assignment === null
  const resume = useMutation(
    query.resumeWork.mutationOptions({
      onSuccess: () => client.invalidateQueries({ queryKey: query.getConversation.key({ input: { conversationId } }) }),
    }),
  )
  // Once each time the lease is found ended, as after hours in a background tab.
  const asked = useRef(false)
  useEffect(() => {
    if (!needsLease) asked.current = false
    if (!needsLease || asked.current) return
    asked.current = true
    resume.mutate({ conversationId })
  }, [needsLease, resume, conversationId])
  const draft = useQuery(
    query.getDraft.queryOptions({
      input: { conversationId },
      enabled: isOpen && !needsLease,
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 0,
      refetchOnMount: 'always',
    }),
  )
  const failures = [
    { ...conversation, retry: () => void conversation.refetch() },
    { ...draft, retry: () => void draft.refetch() },
    { ...resume, data: draft.data, retry: () => resume.mutate({ conversationId }) },
  ].filter((each) => each.error)
  // With the text on screen a failure takes nothing away: it is said in a line, and writing goes on.
  const failed = failures.find((each) => each.data === undefined)
  if (failed) return <ErrorState error={failed.error} onRetry={failed.retry} />
  if (data && !isOpen) {
    return (
      <Page width="read">
        <EmptyState
          title={t('closed')}
          action={
            <Button asChild>
              <Link href={project.path(`/conversations/${conversationId}`)}>{t('read')}</Link>
            </Button>
          }
        >
          {t('closedHint')}
        </EmptyState>
      </Page>
    )
  }
  if (!data || !draft.data || !draft.isFetchedAfterMount) {
    return (
      <Page width="full">
        <SkeletonRows rows={14} label={t('loading')} />
      </Page>
    )
  }
  const [stale] = failures
  return <Workbench conversation={data} draft={draft.data} notice={stale && <RefreshLine onRetry={stale.retry} />} />
}
