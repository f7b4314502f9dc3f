'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Chart, type ChartSeries } from '#components/ui/chart.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { ErrorState } from '#components/ui/error-state.tsx'
import { Select } from '#components/ui/input.tsx'
import { Skeleton } from '#components/ui/skeleton.tsx'
import { type MetricName, smooth } from '#lib/domain/training/series.ts'
import { type Run, useSeries } from './use-run.ts'

const AXES = ['step', 'tokens', 'time'] as const
type Axis = (typeof AXES)[number]

const significant = (value: number): string =>
  Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3)).toString()
const exponential = (value: number): string => (value === 0 ? '0' : value.toExponential(1))

type Columns = NonNullable<ReturnType<typeof useSeries>['data']>['current']

/** The x of every point; where tokens are not known the last known count stands. */
function positions(columns: Columns, axis: Axis): number[] {
  if (axis === 'step') return columns.step
  if (axis === 'time') return columns.at.map((at) => at / 1000)
  let last = 0
  return columns.tokens.map((tokens) => {
    last = tokens ?? last
    return last
  })
}

const present = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null)

type Panel = { metric: MetricName; format: (value: number) => string; isSmoothed: boolean; extra?: MetricName }
const PANELS: readonly Panel[] = [
  { metric: 'loss', format: significant, isSmoothed: true, extra: 'evalLoss' },
  { metric: 'learningRate', format: exponential, isSmoothed: false },
  { metric: 'gradNorm', format: significant, isSmoothed: true },
  { metric: 'tokensPerSecond', format: significant, isSmoothed: true },
]

/** Loss, learning rate, gradient norm and speed over steps, tokens or time, with one cursor for all. */
export function RunCharts({ run }: { run: Run }) {
  const t = useTranslations('runs')
  const series = useSeries(run)
  const [axis, setAxis] = useState<Axis>('step')
  const [smoothing, setSmoothing] = useState(0.6)
  const [isLogarithmic, setLogarithmic] = useState(false)
  if (series.error) return <ErrorState error={series.error} onRetry={series.refetch} />
  if (!series.data) return <Skeleton className="h-96 w-full" />
  const columns = series.data.current
  if (columns.step.length === 0) return <p className="text-ink-3">{t('noCurves')}</p>
  const x = positions(columns, axis)
  const linesOf = ({ metric, isSmoothed, extra }: Panel): ChartSeries[] => {
    const raw = columns[metric]
    const main: ChartSeries[] =
      isSmoothed && smoothing > 0
        ? [
            { label: t('raw'), values: raw, colour: '--accent', faint: true },
            { label: t(`metric.${metric}`), values: smooth(raw, smoothing), colour: '--accent' },
          ]
        : [{ label: t(`metric.${metric}`), values: raw, colour: '--accent' }]
    return extra && present(columns[extra]).length > 0
      ? [...main, { label: t(`metric.${extra}`), values: columns[extra], colour: '--changes', dots: true }]
      : main
  }
  const summaryOf = ({ format }: Panel, values: readonly number[]): string | null => {
    const [first] = values
    if (first === undefined) return null
    const least = values.reduce((lowest, value) => Math.min(lowest, value), first)
    return t('curveSummary', { first: format(first), last: format(values.at(-1) ?? first), least: format(least) })
  }
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center gap-x-6 gap-y-3 text-sm">
        <label className="flex items-center gap-2">
          {t('overAxis')}
          <Select className="w-32" value={axis} onChange={(event) => setAxis(event.target.value as Axis)}>
            {AXES.map((name) => (
              <option key={name} value={name}>
                {t(`axis.${name}`)}
              </option>
            ))}
          </Select>
        </label>
        <label className="flex items-center gap-2">
          {t('smoothing')}
          <input
            type="range"
            className="accent-accent"
            min={0}
            max={0.95}
            step={0.05}
            value={smoothing}
            onChange={(event) => setSmoothing(Number(event.target.value))}
          />
          <output className="w-8 tabular-nums">{smoothing.toFixed(2)}</output>
        </label>
        <Checkbox label={t('logarithmic')} checked={isLogarithmic} onChange={(event) => setLogarithmic(event.target.checked)} />
      </div>
      <div className="grid grid-cols-1 gap-x-8 gap-y-6 md:grid-cols-2">
        {PANELS.map((panel) => {
          const values = present(columns[panel.metric])
          return (
            <Chart
              key={panel.metric}
              title={t(`metric.${panel.metric}`)}
              x={x}
              xLabel={t(`axis.${axis}`)}
              xKind={axis === 'time' ? 'time' : 'number'}
              series={linesOf(panel)}
              // Zero has no logarithm: warm-up and cool-down of the learning rate touch it.
              isLogarithmic={isLogarithmic && values.every((value) => value > 0)}
              format={panel.format}
              group={run.id}
              summary={summaryOf(panel, values)}
            />
          )
        })}
      </div>
      {series.data.superseded.step.length > 0 && (
        <p className="mt-3 text-ink-3 text-sm">{t('superseded', { count: series.data.superseded.step.length })}</p>
      )}
    </>
  )
}
