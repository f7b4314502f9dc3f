'use client'
import { useMutation } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useEffect, useRef, useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { Page } from '#components/ui/page-header.tsx'
import { useCommands } from '#components/ui/shortcuts.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { isApiError, query } from '#lib/client/api.ts'
import { exceptFor } from './use-next-review.ts'
import { useShownReview } from './use-shown-review.ts'
import { useVerdicts } from './use-verdicts.ts'
import { VerdictList } from './verdict-list.tsx'

/** Takes the next submission to judge and opens it; coming here is the one click. */
export function StartReview() {
  const t = useTranslations('review')
  const project = useProject()
  const router = useRouter()
  const [isListing, setIsListing] = useState(false)
  // The last verdict can be taken back from here, too: after it nothing may be left to judge.
  useVerdicts(useShownReview('').show)
  useCommands([{ id: 'today', title: t('todayTitle'), keys: 'l', run: () => setIsListing(true) }])
  const claim = useMutation(query.claimWork.mutationOptions())
  const again = () =>
    claim.mutate(
      { projectId: project.id, kind: 'review', except: exceptFor(null) },
      // Given with the call: it is left out when the person has gone elsewhere meanwhile.
      { onSuccess: ({ conversationId }) => router.replace(project.path(`/review/${conversationId}`)) },
    )
  const latest = useRef(again)
  latest.current = again
  const started = useRef(false)
  // A visit is the request; strict rendering runs effects twice.
  useEffect(() => {
    if (started.current) return
    started.current = true
    latest.current()
  }, [])
  const isIdle = claim.error && isApiError(claim.error) && claim.error.code === 'no-work'
  return (
    <>
      {isIdle && (
        <Page width="read">
          <EmptyState
            title={t('noWork')}
            action={
              <>
                <Button onClick={again}>{t('lookAgain')}</Button>
                <Button variant="quiet" keys="l" onClick={() => setIsListing(true)}>
                  {t('todayTitle')}
                </Button>
              </>
            }
          >
            {t('noWorkHint')}
          </EmptyState>
        </Page>
      )}
      {claim.error && !isIdle && <ErrorState error={claim.error} onRetry={again} />}
      {!claim.error && (
        <Page width="read">
          <SkeletonRows rows={8} label={t('claiming')} />
        </Page>
      )}
      {isListing && <VerdictList onClose={() => setIsListing(false)} />}
    </>
  )
}
