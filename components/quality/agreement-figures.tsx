'use client'
import { useQuery } from '@tanstack/react-query'
import { useFormatter, useTranslations } from 'next-intl'
import { useProject } from '#components/frame/project.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { SkeletonRows } from '#components/ui/skeleton.tsx'
import { type api, query } from '#lib/client/api.ts'
import { FEWEST_UNITS } from '#lib/domain/stats/agreement.ts'

type Agreement = Awaited<ReturnType<typeof api.getAgreement>>
type Figure = Agreement['verdicts']

/** Alpha with its interval and n; where there is none, why. */
export function useAgreementText() {
  const t = useTranslations('quality')
  const format = useFormatter()
  const number = (value: number) => format.number(value, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  return (figure: Figure): { value: string; detail: string } => {
    const { alpha, low, high, units, judgements, reason } = figure
    if (alpha === null) return { value: '–', detail: t(`noAgreement.${reason ?? 'no-overlap'}`, { units, judgements, fewest: FEWEST_UNITS }) }
    if (low === null || high === null) return { value: number(alpha), detail: t('agreementCount', { units, judgements }) }
    return { value: number(alpha), detail: t('agreementInterval', { low: number(low), high: number(high), units, judgements }) }
  }
}

/** How far reviewers agree, in verdicts and by principle. */
export function AgreementFigures({ weeks }: { weeks: number }) {
  const t = useTranslations('quality')
  const project = useProject()
  const textOf = useAgreementText()
  const agreement = useQuery(query.getAgreement.queryOptions({ input: { projectId: project.id, weeks } }))
  if (agreement.error) return <ErrorState error={agreement.error} onRetry={agreement.refetch} />
  if (!agreement.data) return <SkeletonRows rows={4} label={t('loading')} />
  const { verdicts, ratings } = agreement.data
  const rows = [
    { name: t('verdict.all'), figure: verdicts },
    ...(['helpful', 'truthful', 'harmless'] as const).map((principle) => ({ name: t(`principle.${principle}`), figure: ratings[principle] })),
  ]
  return (
    <dl className="grid gap-x-8 gap-y-5 sm:grid-cols-2 lg:grid-cols-4">
      {rows.map(({ name, figure }) => (
        <div key={name}>
          <dt className="text-ink-3 text-sm">{name}</dt>
          <dd>
            <span className="block font-semibold text-lg tabular-nums">{textOf(figure).value}</span>
            <span className="text-ink-3 text-sm">{textOf(figure).detail}</span>
          </dd>
        </div>
      ))}
    </dl>
  )
}
