// Agreement between judges: Krippendorff's alpha. It takes any number of judges and missing judgements, which is what review work gives.

export type Metric = 'nominal' | 'ordinal'

/**
 * Why there is no figure: nothing was judged twice, so little that one judgement more would turn the figure over, or everybody
 * always said the same, so that chance cannot be told from agreement.
 */
export const NO_AGREEMENT = ['no-overlap', 'too-few', 'no-variation'] as const
export type NoAgreement = (typeof NO_AGREEMENT)[number]

/** Things judged by two or more below which no figure is told: resampling so few gives an interval that promises too much. */
export const FEWEST_UNITS = 10

export type Agreement = {
  /** 1 is full agreement, 0 what chance would give, below 0 systematic disagreement; null with a reason. */
  alpha: number | null
  reason: NoAgreement | null
  /** 95 % interval by bootstrap over the things judged; null where there is no figure. */
  low: number | null
  high: number | null
  /** Things judged by two or more. */
  units: number
  /** Judgements of those things. */
  judgements: number
}

/** What one thing adds to the coincidences: for every value how many judges gave it, weighted by one over (judges − 1). */
type Unit = { counts: readonly number[]; judges: number }

function unitsOf(judged: readonly (readonly number[])[]): { units: Unit[]; size: number } {
  const values = [...new Set(judged.flat())].sort((a, b) => a - b)
  const place = new Map(values.map((value, index) => [value, index]))
  const units = judged
    .filter((given) => given.length > 1)
    .map((given) => {
      const counts = values.map(() => 0)
      for (const value of given) {
        const at = place.get(value) ?? 0
        counts[at] = (counts[at] ?? 0) + 1
      }
      return { counts, judges: given.length }
    })
  return { units, size: values.length }
}

/** Squared distance of two values, given how often each value occurs: for ranks, how many judgements lie between them. */
function distance(metric: Metric, margins: readonly number[], a: number, b: number): number {
  if (a === b) return 0
  if (metric === 'nominal') return 1
  const [low, high] = a < b ? [a, b] : [b, a]
  const between = margins.slice(low, high + 1).reduce((sum, count) => sum + count, 0) - ((margins[low] ?? 0) + (margins[high] ?? 0)) / 2
  return between * between
}

/** 1 − observed disagreement over the disagreement of chance; null when the latter is zero. */
function alphaOf(units: readonly Unit[], size: number, metric: Metric): number | null {
  const pairs = Array.from({ length: size * size }, () => 0)
  const margins = Array.from({ length: size }, () => 0)
  for (const { counts, judges } of units) {
    for (let a = 0; a < size; a++) {
      const first = counts[a] ?? 0
      if (first === 0) continue
      margins[a] = (margins[a] ?? 0) + first
      for (let b = 0; b < size; b++) {
        const second = (counts[b] ?? 0) - (a === b ? 1 : 0)
        pairs[a * size + b] = (pairs[a * size + b] ?? 0) + (first * second) / (judges - 1)
      }
    }
  }
  const total = margins.reduce((sum, count) => sum + count, 0)
  let observed = 0
  let expected = 0
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < size; b++) {
      const apart = distance(metric, margins, a, b)
      observed += (pairs[a * size + b] ?? 0) * apart
      expected += (margins[a] ?? 0) * (margins[b] ?? 0) * apart
    }
  }
  return expected === 0 ? null : 1 - ((total - 1) * observed) / expected
}

/** A small generator with a fixed start (mulberry32): the same judgements give the same interval, always. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const SEED = 20_110_125
const RESAMPLES = 1000

/** The middle 95 % of alphas of resampled things; a resample without variation has no alpha and is drawn no second time. */
function interval(units: readonly Unit[], size: number, metric: Metric): { low: number; high: number } | null {
  const random = generator(SEED)
  const alphas: number[] = []
  for (let round = 0; round < RESAMPLES; round++) {
    const drawn = units.map(() => units[Math.floor(random() * units.length)] as Unit)
    const alpha = alphaOf(drawn, size, metric)
    if (alpha !== null) alphas.push(alpha)
  }
  if (alphas.length === 0) return null
  alphas.sort((a, b) => a - b)
  const at = (share: number) => alphas[Math.min(alphas.length - 1, Math.floor(share * alphas.length))] ?? 0
  return { low: at(0.025), high: at(0.975) }
}

/**
 * Krippendorff's alpha of what judges said about things: one list of values a thing, missing judgements left out. Things judged
 * once say nothing about agreement and are not counted.
 */
export function agreement(judged: readonly (readonly number[])[], metric: Metric): Agreement {
  const { units, size } = unitsOf(judged)
  const judgements = units.reduce((sum, unit) => sum + unit.judges, 0)
  const none = (reason: NoAgreement): Agreement => ({ alpha: null, reason, low: null, high: null, units: units.length, judgements })
  if (units.length === 0) return none('no-overlap')
  const alpha = alphaOf(units, size, metric)
  if (alpha === null) return none('no-variation')
  const { low, high } = interval(units, size, metric) ?? { low: null, high: null }
  return { alpha, reason: null, low, high, units: units.length, judgements }
}

/** The same for people to go by: no figure of too few things. */
export function reportedAgreement(judged: readonly (readonly number[])[], metric: Metric): Agreement {
  const found = agreement(judged, metric)
  if (found.units === 0 || found.units >= FEWEST_UNITS) return found
  return { ...found, alpha: null, reason: 'too-few', low: null, high: null }
}
