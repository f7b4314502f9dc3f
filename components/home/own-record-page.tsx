'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import { useState, useSyncExternalStore } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { useMe } from '#components/frame/use-me.ts'
import { RuleLink } from '#components/guideline/rule-link.tsx'
import { CitedRules } from '#components/quality/cited-rules.tsx'
import { PeriodSelect } from '#components/quality/period-select.tsx'
import { ShareFact } from '#components/quality/share-fact.tsx'
import { VerdictWeeks } from '#components/quality/verdict-weeks.tsx'
import { Switch } from '#components/ui/checkbox.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { Figure } from '#components/ui/figure.tsx'
import { Page, PageHeader } from '#components/ui/page-header.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { Section } from '#components/ui/section.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { type api, query } from '#lib/client/api.ts'
import { ownTime } from '#lib/client/own-time.ts'
import { USUAL_WEEKS } from '#lib/client/periods.ts'
import { OwnGoal } from './own-goal.tsx'

type OwnRecord = Awaited<ReturnType<typeof api.getOwnRecord>>

/** Time is shown to those alone who want to see theirs. */
function OwnTime({ minutes }: Pick<OwnRecord, 'minutes'>) {
  const t = useTranslations('own')
  const format = useFormatter()
  const { id } = useMe()
  const { isShown } = useSyncExternalStore(
    ownTime.subscribe,
    () => ownTime.read(id),
    () => ownTime.empty,
  )
  return (
    <Figure
      name={t('time')}
      value={isShown ? (minutes === null ? '–' : t('minutes', { count: format.number(minutes, { maximumFractionDigits: 0 }) })) : '···'}
    >
      <Switch
        label={t('showTime')}
        checked={isShown}
        onChange={(event) => ownTime.write(id, { isShown: event.target.checked })}
        className="text-sm"
      />
    </Figure>
  )
}

function Figures({ record }: { record: OwnRecord }) {
  const t = useTranslations('own')
  const format = useFormatter()
  const { written } = record
  return (
    <dl className="mb-10 grid grid-cols-1 gap-6 sm:grid-cols-2 lg:grid-cols-4">
      <ShareFact name={t('acceptance')} share={record.acceptance} />
      <ShareFact name={t('firstRound')} share={record.firstRound} />
      <Figure name={t('words')} value={format.number(written.words)}>
        {t('wordsIn', { count: written.conversations, characters: written.characters })}
      </Figure>
      <OwnTime minutes={record.minutes} />
    </dl>
  )
}

function Returned({ returned }: Pick<OwnRecord, 'returned'>) {
  const t = useTranslations('own')
  const verdicts = useTranslations('quality')
  const project = useProject()
  if (returned.length === 0) return <p className="text-ink-3">{t('noneReturned')}</p>
  return (
    <ul className="max-w-read divide-y">
      {returned.map((each) => (
        <li key={`${each.conversationId}-${each.at}`} className="py-2.5">
          <p className="flex items-baseline gap-3">
            <Link href={project.path(`/conversations/${each.conversationId}`)} className="min-w-0 flex-1 truncate hover:text-accent">
              {each.firstUserText}
            </Link>
            <span className="shrink-0 text-ink-3 text-sm">{verdicts(`verdict.${each.verdict}`)}</span>
            <RelativeTime at={each.at} className="shrink-0 text-ink-3 text-sm" />
          </p>
          {(each.summary || each.decision) && <p className="mt-0.5 break-words text-ink-2 text-sm">{each.summary || each.decision}</p>}
          {each.rules.length > 0 && (
            <p className="mt-0.5 flex flex-wrap gap-x-3 text-sm">
              {each.rules.map((slug) => (
                <RuleLink key={slug} slug={slug} />
              ))}
            </p>
          )}
        </li>
      ))}
    </ul>
  )
}

/** What became of one's own work, and why. Nobody else sees it, and nobody is compared. */
export function OwnRecordPage() {
  const t = useTranslations('own')
  const project = useProject()
  const [weeks, setWeeks] = useState(USUAL_WEEKS)
  const record = useQuery(query.getOwnRecord.queryOptions({ input: { projectId: project.id, weeks }, placeholderData: keepPreviousData }))
  const { data } = record
  const isEmpty = data?.submitted.every(({ count }) => count === 0) && data.acceptance.total === 0 && data.returned.length === 0
  return (
    <Page>
      <PageHeader title={t('title')} facts={<span>{t('private')}</span>} actions={<PeriodSelect weeks={weeks} onChange={setWeeks} />} />
      {record.error && <ErrorState error={record.error} onRetry={record.refetch} />}
      {record.isPending && <SkeletonRows rows={8} label={t('loading')} />}
      {data && (
        <>
          {isEmpty ? <EmptyState title={t('empty')}>{t('emptyHint')}</EmptyState> : <Figures record={data} />}
          <Section title={t('sent')} hint={t('sentHint')}>
            <OwnGoal key={data.weeklyGoal} submitted={data.submitted} weeklyGoal={data.weeklyGoal} />
          </Section>
          {!isEmpty && (
            <>
              <Section title={t('returned')} hint={t('returnedHint')}>
                <Returned returned={data.returned} />
              </Section>
              <Section title={t('rules')} hint={t('rulesHint')}>
                <CitedRules rules={data.rules} />
              </Section>
              <Section title={t('verdicts')}>
                <VerdictWeeks weeks={data.weeks} />
              </Section>
            </>
          )}
        </>
      )}
    </Page>
  )
}
