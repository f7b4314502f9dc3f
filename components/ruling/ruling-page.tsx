'use client'
import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useProject } from '#components/frame/project.tsx'
import { useRecent } from '#components/frame/use-recent.ts'
import { ErrorState } from '#components/ui/error-state.tsx'
import { Page, PageHeader } from '#components/ui/page-header.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { query } from '#lib/client/api.ts'
import { RulingText } from './ruling-text.tsx'
import { StandsAgain } from './settle.tsx'

/** One ruling under an address of its own. */
export function RulingPage({ rulingId }: { rulingId: string }) {
  const t = useTranslations('rulings')
  const project = useProject()
  const ruling = useQuery(query.getRuling.queryOptions({ input: { rulingId } }))
  useRecent(project.path(`/guideline/rulings/${rulingId}`), ruling.data?.question ?? '')
  return (
    <Page width="read">
      <PageHeader title={t('one')} parent={{ href: project.path('/guideline/rulings'), label: t('title') }} />
      {ruling.error && <ErrorState error={ruling.error} onRetry={ruling.refetch} />}
      {ruling.isPending && <SkeletonRows rows={5} label={t('loading')} />}
      {ruling.data && <RulingText ruling={ruling.data} action={<StandsAgain ruling={ruling.data} />} />}
    </Page>
  )
}
