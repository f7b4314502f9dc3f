'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { ContradictionList } from '#components/ruling/contradiction-list.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { Figure } from '#components/ui/figure.tsx'
import { Page, PageHeader } from '#components/ui/page-header.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { Section } from '#components/ui/section.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { type api, query } from '#lib/client/api.ts'
import { USUAL_WEEKS } from '#lib/client/periods.ts'
import { AgreementFigures } from './agreement-figures.tsx'
import { CitedRules } from './cited-rules.tsx'
import { GapList } from './gap-list.tsx'
import { PeriodSelect } from './period-select.tsx'
import { ShareFact } from './share-fact.tsx'
import { VerdictWeeks } from './verdict-weeks.tsx'

type Quality = Awaited<ReturnType<typeof api.getQuality>>

function Report({ data, weeks }: { data: Quality; weeks: number }) {
  const t = useTranslations('quality')
  const common = useTranslations('common')
  const rulings = useTranslations('rulings')
  const { waiting, roundsToApproval: rounds } = data
  return (
    <>
      <dl className="mb-10 grid grid-cols-1 gap-6 sm:grid-cols-2 lg:grid-cols-4">
        <ShareFact name={t('acceptance')} share={data.acceptance} />
        <ShareFact name={t('firstRound')} share={data.firstRound} />
        <Figure name={t('rounds')} value={rounds.median ?? '–'}>
          {rounds.histogram.map((bar) => t('roundsBar', { rounds: bar.rounds, count: bar.conversations })).join(common('comma'))}
        </Figure>
        <Figure name={t('waiting')} value={waiting.submitted + waiting.escalated}>
          {t('escalated', { count: waiting.escalated })}
          {waiting.oldestSubmittedAt && (
            <>
              {common('comma')}
              {t('oldest')} <RelativeTime at={waiting.oldestSubmittedAt} />
            </>
          )}
        </Figure>
      </dl>
      <Section title={t('agreement')} hint={t('agreementHint')}>
        <AgreementFigures weeks={weeks} />
      </Section>
      <Section title={t('rules')} hint={t('rulesHint')}>
        <CitedRules rules={data.rules} />
      </Section>
      <Section title={t('gaps')} hint={t('gapsHint')}>
        <GapList since={data.since} />
      </Section>
      <Section title={rulings('contradictions')} hint={rulings('contradictionsHint')}>
        <ContradictionList />
      </Section>
      <Section title={t('verdicts')}>
        <VerdictWeeks weeks={data.weeks} />
      </Section>
    </>
  )
}

/** How the work goes: what is accepted, after how many rounds, which rules are broken, what waits. */
export function QualityPage() {
  const t = useTranslations('quality')
  const project = useProject()
  const [weeks, setWeeks] = useState(USUAL_WEEKS)
  const quality = useQuery(query.getQuality.queryOptions({ input: { projectId: project.id, weeks }, placeholderData: keepPreviousData }))
  const { data } = quality
  const isEmpty = data && data.acceptance.total + data.waiting.submitted + data.waiting.escalated + data.rules.length === 0
  return (
    <Page>
      <PageHeader title={t('title')} actions={<PeriodSelect weeks={weeks} onChange={setWeeks} />} />
      {quality.error && <ErrorState error={quality.error} onRetry={quality.refetch} />}
      {quality.isPending && <SkeletonRows rows={8} label={t('loading')} />}
      {isEmpty && <EmptyState title={t('empty')}>{t('emptyHint')}</EmptyState>}
      {data && !isEmpty && <Report data={data} weeks={weeks} />}
    </Page>
  )
}
