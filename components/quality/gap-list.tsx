'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { useProject } from '#components/frame/project.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { Badge } from '#components/ui/state-pill.tsx'
import { query } from '#lib/client/api.ts'

/** The way to rulings that found no rule, which are gaps as well. */
function GapRulings() {
  const t = useTranslations('rulings')
  const project = useProject()
  const input = { projectId: project.id, gap: true, limit: 1, withTotal: true }
  const { data } = useQuery(query.listRulings.queryOptions({ input }))
  if (!data?.total) return null
  return (
    <p className="mt-2 text-sm">
      <Link href={`${project.path('/guideline/rulings')}?rule=gap`} className="text-accent hover:underline">
        {t('gapRulings', { count: data.total })}
      </Link>
    </p>
  )
}

/** Remarks for which reviewers found no rule: what the guideline may lack. */
export function GapList({ since }: { since: string }) {
  const t = useTranslations('quality')
  const project = useProject()
  const gaps = useQuery(query.listGuidelineGaps.queryOptions({ input: { projectId: project.id, since: new Date(since) } }))
  if (gaps.error) return <ErrorState error={gaps.error} onRetry={gaps.refetch} />
  if (!gaps.data) return <SkeletonRows rows={3} label={t('loading')} />
  if (gaps.data.items.length === 0) {
    return (
      <>
        <p className="text-ink-3">{t('noGaps')}</p>
        <GapRulings />
      </>
    )
  }
  return (
    <>
      <ul className="divide-y">
        {gaps.data.items.map((gap) => (
          <li key={gap.commentId} className="py-2.5">
            <p className="flex flex-wrap items-baseline gap-x-3 text-ink-3 text-sm">
              <Badge>{t(`severity.${gap.severity}`)}</Badge>
              <span>{t(`verdict.${gap.verdict}`)}</span>
              <RelativeTime at={gap.createdAt} />
              <Link href={project.path(`/conversations/${gap.conversationId}`)} className="text-accent hover:underline">
                {t('toConversation')}
              </Link>
            </p>
            {gap.quote && <blockquote className="mt-1 max-w-read border-l-2 pl-2 text-ink-2 text-sm">{gap.quote}</blockquote>}
            <p className="mt-1 max-w-read whitespace-pre-wrap break-words">{gap.body}</p>
          </li>
        ))}
      </ul>
      {gaps.data.total > gaps.data.items.length && (
        <p className="mt-2 text-ink-3 text-sm">{t('moreGaps', { count: gaps.data.total - gaps.data.items.length })}</p>
      )}
      <GapRulings />
    </>
  )
}
