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
  const asked = useRef(false)
  useEffect(() => {
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
  // Once open, the page stays: a later look that failed must not take the editor away from what is being typed.
  const failed = [conversation, draft].find((each) => each.error && !each.data)
  if (failed?.error) return <ErrorState error={failed.error} onRetry={failed.refetch} />
  if (resume.error) return <ErrorState error={resume.error} onRetry={() => resume.mutate({ conversationId })} />
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
  return <Workbench conversation={data} draft={draft.data} />
}
