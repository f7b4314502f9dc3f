'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { MachineState } from '#components/frame/machine-state.tsx'
import { useProject } from '#components/frame/project.tsx'
import { Button } from '#components/ui/button.tsx'
import { Drawer } from '#components/ui/dialog.tsx'
import { ErrorState, useErrorText } from '#components/ui/error-state.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { notifyError } from '#components/ui/toast.tsx'
import { type api, query } from '#lib/client/api.ts'
import { OUTCOME } from '#lib/domain/review.ts'

type Given = Awaited<ReturnType<typeof api.listOwnVerdicts>>['items'][number]

/** Offered while the conversation stands where the verdict put it; an approval may wait for others. */
const mayTakeBack = ({ withdrawnAt, verdict, state }: Given): boolean =>
  withdrawnAt === null && (state === OUTCOME[verdict] || (verdict === 'approve' && state === 'submitted'))

/** Midnight where the person is. */
const startOfToday = () => new Date(new Date().setHours(0, 0, 0, 0))

/** What the person decided today, newest first, with the way to read it again or take it back. */
export function VerdictList({ onClose }: { onClose: () => void }) {
  const t = useTranslations('review')
  const project = useProject()
  const client = useQueryClient()
  const errorText = useErrorText()
  const [since] = useState(startOfToday)
  const verdicts = useQuery(query.listOwnVerdicts.queryOptions({ input: { projectId: project.id, since }, staleTime: 0 }))
  const withdraw = useMutation(
    query.withdrawReview.mutationOptions({
      onSuccess: () => client.invalidateQueries(),
      onError: (error) => notifyError(errorText(error).title, errorText(error).next),
    }),
  )
  return (
    <Drawer open onOpenChange={(open) => !open && onClose()} title={t('today', { count: verdicts.data?.total ?? 0 })}>
      {verdicts.error && <ErrorState error={verdicts.error} onRetry={verdicts.refetch} />}
      {verdicts.isPending && <SkeletonRows rows={8} label={t('loading')} />}
      {verdicts.data?.items.length === 0 && <p className="text-ink-3">{t('noneToday')}</p>}
      <ul className="divide-y">
        {verdicts.data?.items.map((item) => (
          <li key={item.reviewId} className={`flex items-start gap-3 py-2.5 ${item.withdrawnAt ? 'text-ink-3' : ''}`}>
            <div className="min-w-0 flex-1">
              <Link href={project.path(`/conversations/${item.conversationId}`)} className="block truncate hover:text-accent">
                {item.firstUserText || t('noText')}
              </Link>
              <p className="flex flex-wrap gap-x-3 text-ink-3 text-sm">
                {/* What a conversation is now says nothing of a verdict that no longer counts. */}
                {item.withdrawnAt ? (
                  <>
                    <s>{t(`done.${item.verdict}`)}</s>
                    <span>{t('takenBack')}</span>
                  </>
                ) : (
                  <>
                    <span>{t(`done.${item.verdict}`)}</span>
                    <MachineState machine="conversation" state={item.state} />
                  </>
                )}
                <RelativeTime at={item.createdAt} />
              </p>
            </div>
            {mayTakeBack(item) && (
              <Button size="sm" variant="quiet" pending={withdraw.isPending} onClick={() => withdraw.mutate({ reviewId: item.reviewId })}>
                {t('takeBack')}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Drawer>
  )
}
