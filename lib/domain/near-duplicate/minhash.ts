// MinHash with banding (Broder 1997; Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, 3.3–3.4). 14 bands of 8 rows, as DataTrove's
// defaults: two sets of Jaccard similarity s share a key with probability 1 − (1 − s⁸)¹⁴, half of them at s = 0.69.

export const BANDS = 14
const ROWS = 8

/** The finaliser of MurmurHash3: 32 bits in, 32 well mixed bits out. */
function mix(value: number): number {
  let h = value
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** FNV-1a over UTF-16 code units. */
function hash(text: string): number {
  let h = 0x811c9dc5
  for (let at = 0; at < text.length; at++) h = Math.imul(h ^ text.charCodeAt(at), 0x01000193)
  return h >>> 0
}

const SEEDS = Uint32Array.from({ length: BANDS * ROWS }, (_, row) => mix(Math.imul(row + 1, 0x9e3779b9)))

function minimaOf(shingles: Iterable<string>): Uint32Array {
  const minima = new Uint32Array(SEEDS.length).fill(0xffffffff)
  for (const shingle of shingles) {
    const base = hash(shingle)
    for (let row = 0; row < SEEDS.length; row++) {
      const value = mix(base ^ (SEEDS[row] ?? 0))
      if (value < (minima[row] ?? 0)) minima[row] = value
    }
  }
  return minima
}

/**
 * The keys of a set of shingles, one a band, signed 64-bit; none of an empty set. Sets that are much the same share at least one.
 * Keys of one space are never those of another but by chance (1 in 2⁶⁴).
 */
export function bandKeys(space: string, shingles: ReadonlySet<string>): bigint[] {
  if (shingles.size === 0) return []
  const minima = minimaOf(shingles)
  const start = hash(space)
  return Array.from({ length: BANDS }, (_, band) => {
    let [high, low] = [mix(start ^ band), mix(start + band + 1)]
    for (const value of minima.subarray(band * ROWS, (band + 1) * ROWS)) {
      high = mix(Math.imul(high, 31) ^ value)
      low = mix(Math.imul(low, 33) + value)
    }
    return BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low))
  })
}
