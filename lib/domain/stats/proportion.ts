/** A share with its 95 % Wilson interval; all null when nothing was counted. `count` of `total`, shares from 0 to 1. */
export type Proportion = { count: number; total: number; share: number | null; low: number | null; high: number | null }

const Z = 1.959963984540054

/** Wilson's interval holds for small numbers too, where count ± 2σ leaves the range from 0 to 1. */
export function proportion(count: number, total: number): Proportion {
  if (total <= 0) return { count, total, share: null, low: null, high: null }
  const share = count / total
  const spread = Z * Math.sqrt((share * (1 - share) + (Z * Z) / (4 * total)) / total)
  const centre = share + (Z * Z) / (2 * total)
  const scale = 1 + (Z * Z) / total
  return { count, total, share, low: Math.max(0, (centre - spread) / scale), high: Math.min(1, (centre + spread) / scale) }
}

/** The middle of values given as how often each occurs; null when there is none. */
export function medianOf(histogram: readonly { value: number; count: number }[]): number | null {
  const sorted = histogram.filter(({ count }) => count > 0).sort((a, b) => a.value - b.value)
  const total = sorted.reduce((sum, { count }) => sum + count, 0)
  if (total === 0) return null
  const at = (place: number): number => {
    let seen = 0
    for (const { value, count } of sorted) {
      seen += count
      if (place < seen) return value
    }
    return sorted.at(-1)?.value ?? 0
  }
  return (at(Math.floor((total - 1) / 2)) + at(Math.floor(total / 2))) / 2
}
