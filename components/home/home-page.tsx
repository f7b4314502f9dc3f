'use client'
import { useQuery } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { MachineState } from '#components/frame/machine-state.tsx'
import { useProject } from '#components/frame/project.tsx'
import { useAgreementText } from '#components/quality/agreement-figures.tsx'
import { Button } from '#components/ui/button.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { IconButton } from '#components/ui/icon-button.tsx'
import { Page, PageHeader } from '#components/ui/page-header.tsx'
import { RelativeTime } from '#components/ui/relative-time.tsx'
import { Section } from '#components/ui/section.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { type api, query } from '#lib/client/api.ts'
import { FirstSteps } from './first-steps.tsx'
import { Judging } from './judging.tsx'
import { useDiscard } from './use-discard.ts'
import { WorkLine } from './work-line.tsx'

type Home = Awaited<ReturnType<typeof api.getHome>>

function Writing({ writing }: { writing: NonNullable<Home['writing']> }) {
  const t = useTranslations('home')
  const project = useProject()
  const open = (id: string) => project.path(`/write/${id}`)
  const discarding = useDiscard()
  const drafts = writing.drafts.filter((work) => !discarding.isGone(work.conversationId))
  return (
    <Section
      title={t('writing')}
      hint={writing.waitingForReview > 0 ? t('waitingForReview', { count: writing.waitingForReview }) : undefined}
      action={
        <Button asChild variant="primary">
          <Link href={project.path('/write')}>{t('startWriting')}</Link>
        </Button>
      }
    >
      {writing.returned.length > 0 && (
        <>
          <h3 className="font-medium text-changes text-sm">{t('returned')}</h3>
          <ul className="mb-4 divide-y">
            {writing.returned.map((work) => (
              <WorkLine
                key={work.conversationId}
                href={open(work.conversationId)}
                work={work}
                below={work.comment && `${work.comment.ruleSlug ?? ''} ${work.comment.body}`}
              />
            ))}
          </ul>
        </>
      )}
      {drafts.length > 0 && (
        <>
          <h3 className="font-medium text-ink-3 text-sm">{t('drafts')}</h3>
          <ul className="divide-y">
            {drafts.map((work) => (
              <WorkLine
                key={work.conversationId}
                href={open(work.conversationId)}
                work={work}
                action={<IconButton label={t('discard')} icon={<Trash2 />} onClick={() => discarding.discard(work.conversationId)} />}
              />
            ))}
          </ul>
        </>
      )}
      {writing.returned.length + drafts.length === 0 && <p className="text-ink-3">{writing.hasPrompts ? t('nothingOpen') : t('noPrompts')}</p>}
    </Section>
  )
}

function Data({ data }: { data: NonNullable<Home['data']> }) {
  const t = useTranslations('home')
  const project = useProject()
  const lines = [
    data.snapshot && { machine: 'snapshot' as const, path: `/snapshots/${data.snapshot.id}`, ...data.snapshot },
    data.build && { machine: 'build' as const, path: `/builds/${data.build.id}`, ...data.build },
    data.run && { machine: 'run' as const, path: `/runs/${data.run.id}`, ...data.run },
  ].filter((line) => line !== null)
  return (
    <Section title={t('data')} hint={t('approvedSince', { count: data.approvedSinceSnapshot })}>
      <ul className="divide-y">
        {lines.map((line) => (
          <li key={line.machine}>
            <Link href={project.path(line.path)} className="flex items-center gap-4 py-2 hover:text-accent">
              <span className="w-24 text-ink-3 text-sm">{t(`last.${line.machine}`)}</span>
              <span className="min-w-0 flex-1 truncate">{line.name}</span>
              <MachineState {...line} />
              <span className="text-ink-3 text-sm">
                <RelativeTime at={line.createdAt} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {lines.length === 0 && <p className="text-ink-3">{t('noData')}</p>}
    </Section>
  )
}

/** Do reviewers agree? The figure never stands without its interval and n, or the reason why there is none. */
function AgreementLine() {
  const t = useTranslations('home')
  const project = useProject()
  const textOf = useAgreementText()
  const agreement = useQuery(query.getAgreement.queryOptions({ input: { projectId: project.id } }))
  if (agreement.error) return <ErrorState error={agreement.error} onRetry={agreement.refetch} />
  const { value, detail } = agreement.data ? textOf(agreement.data.verdicts) : { value: '…', detail: '' }
  return (
    <p className="mb-4 min-h-6">
      <Link href={project.path('/quality')} className="hover:text-accent">
        {t('agreement')} <span className="font-semibold tabular-nums">{value}</span>
      </Link>{' '}
      <span className="text-ink-3 text-sm">{detail}</span>
    </p>
  )
}

function Managing({ managing }: { managing: NonNullable<Home['managing']> }) {
  const t = useTranslations('home')
  const project = useProject()
  return (
    <Section title={t('managing')} hint={t('week', managing.week)}>
      <AgreementLine />
      <div className="grid grid-cols-1 gap-6 sm:grid-cols-2">
        <div>
          <h3 className="mb-1 font-medium text-ink-3 text-sm">{t('citedRules')}</h3>
          <ul className="text-sm">
            {managing.citedRules.map((rule) => (
              <li key={rule.slug} className="flex justify-between gap-3 py-0.5">
                <Link href={`${project.path('/guideline')}#${rule.slug}`} className="truncate font-mono hover:text-accent">
                  {rule.slug}
                </Link>
                <span className="tabular-nums">{rule.count}</span>
              </li>
            ))}
          </ul>
          {managing.citedRules.length === 0 && <p className="text-ink-3">{t('none')}</p>}
        </div>
        <div>
          <h3 className="mb-1 font-medium text-ink-3 text-sm">{t('stuck')}</h3>
          <ul className="divide-y">
            {managing.stuck.map((work) => (
              <WorkLine key={work.conversationId} href={project.path(`/conversations/${work.conversationId}`)} work={work} />
            ))}
          </ul>
          {managing.stuck.length === 0 && <p className="text-ink-3">{t('none')}</p>}
        </div>
      </div>
    </Section>
  )
}

/** What there is to do next in this project, by what the person may do. */
export function HomePage() {
  const t = useTranslations('home')
  const own = useTranslations('own')
  const project = useProject()
  const home = useQuery(query.getHome.queryOptions({ input: { projectId: project.id } }))
  return (
    <Page width="read">
      <PageHeader
        title={project.name}
        actions={
          project.can('work:claim') && (
            <Button asChild variant="quiet">
              <Link href={project.path('/own')}>{own('title')}</Link>
            </Button>
          )
        }
      />
      {home.error && <ErrorState error={home.error} onRetry={home.refetch} />}
      {home.isPending && <SkeletonRows rows={8} label={t('loading')} />}
      {home.data && (
        <>
          {project.can('guideline:edit') && <FirstSteps home={home.data} />}
          {home.data.writing && <Writing writing={home.data.writing} />}
          {home.data.adjudicating && home.data.adjudicating.waiting > 0 && <Judging kind="adjudicate" waiting={home.data.adjudicating} />}
          {home.data.reviewing && <Judging kind="review" waiting={home.data.reviewing} />}
          {home.data.data && <Data data={home.data.data} />}
          {home.data.managing && <Managing managing={home.data.managing} />}
        </>
      )}
    </Page>
  )
}
