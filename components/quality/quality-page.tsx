'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useFormatter, useTranslations } from 'next-intl'
import { type ReactNode, useState } from 'react'
import { useProject } from '#components/frame/project.tsx'
import { ContradictionList } from '#components/ruling/contradiction-list.tsx'
import { EmptyState } from '#components/ui/empty-state.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { Select } from '#components/ui/input.tsx'
import { Page, PageHeader } from '#components/ui/page-header.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { Section } from '#components/ui/section.tsx'
import { ShareBar } from '#components/ui/share-bar.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { type api, query } from '#lib/client/api.ts'
import { AgreementFigures } from './agreement-figures.tsx'
import { GapList } from './gap-list.tsx'
import { Weeks } from './weeks.tsx'

type Quality = Awaited<ReturnType<typeof api.getQuality>>
type Share = Quality['acceptance']

const PERIODS_WEEKS = [4, 12, 26, 52] as const
const SEVERITIES = ['critical', 'major', 'minor', 'nit'] as const

/** A share never stands without its interval and its n: of four conversations nobody learns much. */
function ShareFact({ name, share }: { name: string; share: Share }) {
  const t = useTranslations('quality')
  const format = useFormatter()
  const percent = (value: number | null) => (value === null ? '–' : format.number(value, { style: 'percent', maximumFractionDigits: 0 }))
  return (
    <Figure name={name} value={percent(share.share)}>
      {share.share === null
        ? t('undecided')
        : t('interval', { low: percent(share.low), high: percent(share.high), count: share.count, total: share.total })}
    </Figure>
  )
}

function Figure({ name, value, children }: { name: string; value: ReactNode; children?: ReactNode }) {
  return (
    <div>
      <dt className="text-ink-3 text-sm">{name}</dt>
      <dd>
        <span className="block font-semibold text-xl tabular-nums">{value}</span>
        <span className="text-ink-3 text-sm">{children}</span>
      </dd>
    </div>
  )
}

function Rules({ rules }: { rules: Quality['rules'] }) {
  const t = useTranslations('quality')
  const project = useProject()
  const most = Math.max(1, ...rules.map((rule) => rule.comments))
  if (rules.length === 0) return <p className="text-ink-3">{t('noRules')}</p>
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-left">
        <thead className="text-ink-3 text-xs">
          <tr>
            <th className="py-1 font-normal">{t('rule')}</th>
            <th className="py-1 font-normal">{t('comments')}</th>
            <th className="py-1 text-right font-normal">{t('conversations')}</th>
            {SEVERITIES.map((severity) => (
              <th key={severity} className="py-1 pl-4 text-right font-normal">
                {t(`severity.${severity}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => (
            <tr key={rule.slug} className="border-t">
              <td className="py-1.5 pr-4">
                <Link href={project.path(`/guideline#${rule.slug}`)} className="font-mono text-accent text-sm hover:underline">
                  {rule.slug}
                </Link>
              </td>
              <td className="py-1.5 tabular-nums">
                <span className="flex items-center gap-2">
                  <ShareBar share={rule.comments / most} className="w-24" />
                  {rule.comments}
                </span>
              </td>
              <td className="py-1.5 text-right tabular-nums">{rule.conversations}</td>
              {SEVERITIES.map((severity) => (
                <td key={severity} className="py-1.5 pl-4 text-right text-ink-2 tabular-nums">
                  {rule.severities[severity] || '·'}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

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
        <Rules rules={data.rules} />
      </Section>
      <Section title={t('gaps')} hint={t('gapsHint')}>
        <GapList since={data.since} />
      </Section>
      <Section title={rulings('contradictions')} hint={rulings('contradictionsHint')}>
        <ContradictionList />
      </Section>
      <Section title={t('verdicts')}>
        <Weeks weeks={data.weeks} />
      </Section>
    </>
  )
}

/** How the work goes: what is accepted, after how many rounds, which rules are broken, what waits. */
export function QualityPage() {
  const t = useTranslations('quality')
  const project = useProject()
  const [weeks, setWeeks] = useState<number>(12)
  const quality = useQuery(query.getQuality.queryOptions({ input: { projectId: project.id, weeks }, placeholderData: keepPreviousData }))
  const { data } = quality
  const isEmpty = data && data.acceptance.total + data.waiting.submitted + data.waiting.escalated + data.rules.length === 0
  return (
    <Page>
      <PageHeader
        title={t('title')}
        actions={
          <Select aria-label={t('period')} className="w-44" value={weeks} onChange={(event) => setWeeks(Number(event.target.value))}>
            {PERIODS_WEEKS.map((count) => (
              <option key={count} value={count}>
                {t('lastWeeks', { count })}
              </option>
            ))}
          </Select>
        }
      />
      {quality.error && <ErrorState error={quality.error} onRetry={quality.refetch} />}
      {quality.isPending && <SkeletonRows rows={8} label={t('loading')} />}
      {isEmpty && <EmptyState title={t('empty')}>{t('emptyHint')}</EmptyState>}
      {data && !isEmpty && <Report data={data} weeks={weeks} />}
    </Page>
  )
}
