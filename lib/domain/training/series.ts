/** Curves of a run over its attempts. */

export const METRIC_NAMES = ['loss', 'evalLoss', 'learningRate', 'gradNorm', 'tokensPerSecond'] as const
export type MetricName = (typeof METRIC_NAMES)[number]

/** One logged step. Times are milliseconds since the epoch; an absent figure is null, never 0. */
export type Point = {
  attempt: number
  step: number
  at: number
  tokens: number | null
  values: Partial<Record<MetricName, number | null>>
}

/**
 * Joins attempts: where a newer attempt took over at step s, what an older one logged from s on no longer counts.
 * `current` is the run's history, by rising step, one point a step; `superseded` the tails that were trained again.
 */
export function mergeAttempts(points: readonly Point[]): { current: Point[]; superseded: Point[] } {
  const firstStep = new Map<number, number>()
  for (const { attempt, step } of points) firstStep.set(attempt, Math.min(step, firstStep.get(attempt) ?? Number.POSITIVE_INFINITY))
  // takeover(a) = the smallest step at which an attempt newer than a began.
  const takeover = new Map<number, number>()
  let lowest = Number.POSITIVE_INFINITY
  for (const attempt of [...firstStep.keys()].sort((a, b) => b - a)) {
    takeover.set(attempt, lowest)
    lowest = Math.min(lowest, firstStep.get(attempt) ?? lowest)
  }
  const current = new Map<number, Point>()
  const superseded: Point[] = []
  for (const point of points) {
    if (point.step >= (takeover.get(point.attempt) ?? Number.POSITIVE_INFINITY)) superseded.push(point)
    else current.set(point.step, joined(current.get(point.step), point))
  }
  return {
    current: [...current.values()].sort((a, b) => a.step - b.step),
    superseded: superseded.sort((a, b) => a.attempt - b.attempt || a.step - b.step),
  }
}

/** Training and evaluation log the same step in two events; together they are one point. */
const joined = (earlier: Point | undefined, point: Point): Point =>
  earlier ? { ...earlier, ...point, values: { ...earlier.values, ...point.values }, tokens: point.tokens ?? earlier.tokens } : point

/**
 * At most about `limit` points, keeping in every bucket the first, the last and those with the least and greatest
 * `metric`, and every point that carries an evaluation: a spike stays visible however far one looks from.
 */
export function decimate(points: readonly Point[], limit: number, metric: MetricName = 'loss'): Point[] {
  if (points.length <= limit) return [...points]
  const buckets = Math.max(1, Math.floor(limit / 4))
  const kept = new Set<number>()
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor((bucket * points.length) / buckets)
    const to = Math.floor(((bucket + 1) * points.length) / buckets)
    let least = from
    let most = from
    for (let at = from; at < to; at++) {
      const value = points[at]?.values[metric]
      if (value !== null && value !== undefined) {
        if (value < (points[least]?.values[metric] ?? Number.POSITIVE_INFINITY)) least = at
        if (value > (points[most]?.values[metric] ?? Number.NEGATIVE_INFINITY)) most = at
      }
      if (points[at]?.values.evalLoss !== undefined) kept.add(at)
    }
    for (const at of [from, least, most, to - 1]) kept.add(at)
  }
  return [...kept].sort((a, b) => a - b).flatMap((at) => points[at] ?? [])
}

/**
 * Exponential moving average with `weight` 0 (none) to below 1, without the bias towards zero at the start. Gaps
 * stay gaps.
 */
export function smooth(values: readonly (number | null)[], weight: number): (number | null)[] {
  if (weight <= 0) return [...values]
  let average = 0
  let seen = 0
  return values.map((value) => {
    if (value === null || !Number.isFinite(value)) return null
    seen += 1
    average = average * weight + (1 - weight) * value
    return average / (1 - weight ** seen)
  })
}

const SEVERITY: Record<string, number> = { debug: 0, info: 1, warning: 2, warn: 2, error: 3, critical: 4 }
export const LOG_LEVELS = ['debug', 'info', 'warning', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Lines at least as severe as `level` whose text contains every word of `search`, whatever the case. */
export function filterLog<L extends { level: string; text: string }>(lines: readonly L[], level: LogLevel, search: string): L[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  const least = SEVERITY[level] ?? 0
  return lines.filter((one) => (SEVERITY[one.level.toLowerCase()] ?? 1) >= least && words.every((word) => one.text.toLowerCase().includes(word)))
}
