/** For each value 1…capacity, whether a bin has that much free space; finds the smallest such value ≥ a length. */
class FreeSpace {
  private readonly size: number
  private readonly tree: Int32Array

  constructor(capacity: number) {
    this.size = 2 ** Math.ceil(Math.log2(Math.max(1, capacity)))
    this.tree = new Int32Array(2 * this.size)
  }

  set(space: number, present: boolean): void {
    let i = this.size + space - 1
    this.tree[i] = present ? space : 0
    while (i > 1) {
      i >>= 1
      this.tree[i] = Math.max(this.tree[2 * i] as number, this.tree[2 * i + 1] as number)
    }
  }

  search(length: number): number {
    let i = 1
    while (i < this.size) i = (this.tree[2 * i] as number) >= length ? 2 * i : 2 * i + 1
    return this.tree[i] as number
  }
}

/**
 * Best-fit decreasing packing (Ding et al. 2024, "Fewer Truncations Improve Language Modeling"): rows by falling
 * length, equal ones in their order, each into the fullest bin it fits, of equal ones the oldest. The result equals
 * `trl.pack_dataset(strategy="bfd", map_kwargs={"batch_size": None})`.
 * `lengths` are tokens a row; the result lists row indices a bin. Empty rows are left out.
 * Throws RangeError for a row longer than the capacity: cutting is truncation's business.
 */
export function packBfd(lengths: readonly number[], capacity: number): number[][] {
  const order = lengths.map((_, row) => row).filter((row) => (lengths[row] as number) > 0)
  for (const row of order) {
    if ((lengths[row] as number) > capacity) throw new RangeError(`row ${row} has ${lengths[row]} tokens; a bin holds ${capacity}`)
  }
  order.sort((a, b) => (lengths[b] as number) - (lengths[a] as number) || a - b)
  const space = new FreeSpace(capacity)
  space.set(capacity, true)
  const waiting = new Map<number, { bins: number[]; next: number }>()
  const bins: number[][] = []
  for (const row of order) {
    const length = lengths[row] as number
    const free = space.search(length)
    let bin: number
    const queue = free < capacity ? waiting.get(free) : undefined
    if (queue) {
      bin = queue.bins[queue.next++] as number
      if (queue.next === queue.bins.length) {
        waiting.delete(free)
        space.set(free, false)
      }
    } else {
      bin = bins.length
      bins.push([])
    }
    ;(bins[bin] as number[]).push(row)
    const left = free - length
    if (left === 0) continue
    const after = waiting.get(left)
    if (after) after.bins.push(bin)
    else {
      waiting.set(left, { bins: [bin], next: 0 })
      space.set(left, true)
    }
  }
  return bins
}

/** Joins arrays of one bin. */
export function concatenate(parts: readonly Int32Array[]): Int32Array {
  const whole = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
