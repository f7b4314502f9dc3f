'use client'
import 'uplot/dist/uPlot.min.css'
import './chart.css'
import { useTranslations } from 'next-intl'
import { useEffect, useRef } from 'react'
import type uPlot from 'uplot'

export type ChartSeries = {
  label: string
  values: readonly (number | null)[]
  /** A CSS colour variable of the design's table. */
  colour: '--accent' | '--escalated' | '--changes' | '--approved' | '--text-3'
  /** Drawn thin and pale behind the others: raw values under a smoothed line. */
  faint?: boolean
  /** Drawn as dots: values that exist only now and then. */
  dots?: boolean
}

type Props = {
  title: string
  /** Rising; for `time`, seconds since 1970. */
  x: readonly number[]
  xKind?: 'number' | 'time'
  xLabel: string
  series: readonly ChartSeries[]
  isLogarithmic?: boolean
  format: (value: number) => string
  /** Charts with the same key share one cursor. */
  group: string
  /** In words, for those who do not see the curve; null while there is no value to draw. */
  summary: string | null
}

const HEIGHT = 208

/** Canvas knows no custom properties, so colours are read from where the page computed them. */
function resolveColour(host: HTMLElement, variable: string, alpha = 1): string {
  const probe = document.createElement('span')
  probe.style.color = `var(${variable})`
  host.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return alpha === 1 ? color : color.replace(/\)$/, ` / ${alpha})`)
}

/** Away from the pointer the legend tells the newest value. */
const lastIn = (values: ArrayLike<number | null | undefined> | undefined): number | null =>
  Array.from(values ?? []).findLast((value) => typeof value === 'number') ?? null

function optionsOf({ xKind, xLabel, series, isLogarithmic, format, group }: Props, host: HTMLElement): uPlot.Options {
  const grid = { stroke: resolveColour(host, '--line'), width: 1 }
  const axis = { stroke: resolveColour(host, '--text-3'), font: '12px "Inter Variable", sans-serif', grid, ticks: { show: false } }
  const xOf = (x: number | null): string => (x === null ? '–' : xKind === 'time' ? new Date(x * 1000).toLocaleTimeString() : x.toLocaleString())
  return {
    width: Math.max(200, host.clientWidth),
    height: HEIGHT,
    cursor: { sync: { key: group }, y: false, points: { size: 6 } },
    legend: { live: true },
    scales: { x: { time: xKind === 'time' }, y: isLogarithmic ? { distr: 3 } : {} },
    axes: [
      { ...axis, space: 60 },
      { ...axis, size: 56, values: (_chart, ticks) => ticks.map((tick) => (tick === null ? '' : format(tick))) },
    ],
    series: [
      { label: xLabel, value: (chart, x, at) => xOf(x ?? lastIn(chart.data[at])) },
      ...series.map((one) => ({
        label: one.label,
        stroke: resolveColour(host, one.colour, one.faint ? 0.55 : 1),
        width: one.faint ? 1 : 1.75,
        spanGaps: true,
        points: { show: one.dots ?? false, size: 6, fill: resolveColour(host, one.colour) },
        value: (chart: uPlot, value: number | null, at: number, index: number | null) => {
          const shown = index === null ? lastIn(chart.data[at]) : value
          return shown === null ? '–' : format(shown)
        },
      })),
    ],
  }
}

const dataOf = ({ x, series }: Props) => [x, ...series.map((one) => one.values)] as uPlot.AlignedData

/** A line chart over a number or time, redrawn when the theme or the width changes. */
export function Chart(props: Props) {
  const t = useTranslations('common')
  const isEmpty = props.summary === null
  const host = useRef<HTMLDivElement>(null)
  const chart = useRef<uPlot | null>(null)
  const latest = useRef(props)
  latest.current = props
  const shape = JSON.stringify([
    isEmpty,
    props.xKind,
    props.xLabel,
    props.isLogarithmic,
    props.group,
    props.series.map(({ values: _, ...rest }) => rest),
  ])

  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for what the drawing is made from; the points themselves are set below
  useEffect(() => {
    const element = host.current
    if (!element) return
    let isGone = false
    let watcher: ResizeObserver | undefined
    const media = window.matchMedia('(prefers-color-scheme: dark)')
    const themes = new MutationObserver(() => redraw())
    let Constructor: typeof uPlot | undefined
    const redraw = () => {
      if (!Constructor || isGone) return
      chart.current?.destroy()
      chart.current = new Constructor(optionsOf(latest.current, element), dataOf(latest.current), element)
    }
    import('uplot').then((module) => {
      Constructor = module.default
      redraw()
      watcher = new ResizeObserver(() => chart.current?.setSize({ width: Math.max(200, element.clientWidth), height: HEIGHT }))
      watcher.observe(element)
      media.addEventListener('change', redraw)
      themes.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    })
    return () => {
      isGone = true
      watcher?.disconnect()
      themes.disconnect()
      media.removeEventListener('change', redraw)
      chart.current?.destroy()
      chart.current = null
    }
  }, [shape])

  useEffect(() => chart.current?.setData(dataOf(props)))

  return (
    <figure className="min-w-0">
      <figcaption className="mb-1 font-medium text-sm">
        {props.title}
        {!isEmpty && <span className="sr-only">: {props.summary}</span>}
      </figcaption>
      {isEmpty ? <p className="text-ink-3 text-sm">{t('noValuesYet')}</p> : <div ref={host} aria-hidden className="chart min-h-60" />}
    </figure>
  )
}
