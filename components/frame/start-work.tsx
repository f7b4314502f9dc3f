'use client'
import { useMutation } from '@tanstack/react-query'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { type ReactNode, useEffect, useRef } from 'react'
import { Button } from '#components/ui/button.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { Page } from '#components/ui/page-header.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { isApiError, query } from '#lib/client/api.ts'
import type { WorkKind } from '#lib/domain/assignment.ts'
import { DESK } from './desk.ts'
import { useProject } from './project.tsx'
import { useFollowUp } from './use-follow-up.ts'

type Props = {
  kind: WorkKind
  /** Conversations not to be given. */
  except?: string[]
  /** What else there is to do where nothing waits. */
  otherwise?: ReactNode
}

/** Takes the next piece of work and opens it; coming here is the one click. */
export function StartWork({ kind, except = [], otherwise }: Props) {
  const t = useTranslations(kind)
  const guideline = useTranslations('guideline')
  const work = useTranslations('queue')
  const project = useProject()
  const follow = useFollowUp()
  const claim = useMutation(query.claimWork.mutationOptions())
  const again = () => {
    const goOn = follow()
    claim.mutate(
      { projectId: project.id, kind, except },
      // The hash says where the focus goes.
      { onSuccess: ({ conversationId }) => goOn('replace', project.path(`${DESK[kind]}/${conversationId}${window.location.hash}`)) },
    )
  }
  const latest = useRef(again)
  latest.current = again
  const started = useRef(false)
  // A visit is the request; strict rendering runs effects twice.
  useEffect(() => {
    if (started.current) return
    started.current = true
    latest.current()
  }, [])
  if (claim.error && isApiError(claim.error) && claim.error.code === 'no-work') {
    const { lacking = [], maxAnswers } = (claim.error.data ?? {}) as { lacking?: string[]; maxAnswers?: number }
    return (
      <Page width="read">
        <EmptyState
          title={t('noWork')}
          action={
            <>
              <Button onClick={again}>{t('lookAgain')}</Button>
              {otherwise}
            </>
          }
        >
          {lacking.length > 0
            ? work('lacking', { skills: lacking.join(', ') })
            : maxAnswers
              ? work('enough', { count: maxAnswers })
              : t('noWorkHint')}
        </EmptyState>
      </Page>
    )
  }
  if (claim.error && isApiError(claim.error) && claim.error.code === 'guideline-unread') {
    return (
      <Page width="read">
        <EmptyState
          title={guideline('unreadTitle')}
          action={
            <Button asChild variant="primary">
              <Link href={project.path('/guideline')}>{guideline('read')}</Link>
            </Button>
          }
        >
          {guideline('unreadHint')}
        </EmptyState>
      </Page>
    )
  }
  if (claim.error) return <ErrorState error={claim.error} onRetry={again} />
  return (
    <Page width="read">
      <SkeletonRows rows={8} label={t('claiming')} />
    </Page>
  )
}
