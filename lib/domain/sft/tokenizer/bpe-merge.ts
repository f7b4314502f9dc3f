/** What a BPE model needs to encode one word. Pieces are token ids throughout. */
export type MergeTable = {
  /** Key left * stride + right → rank * stride + merged id; lower ranks merge first. */
  pairs: Map<number, number>
  stride: number
}

/** A binary heap of numbers, smallest first. */
class Heap {
  private readonly items: number[] = []

  push(value: number): void {
    const { items } = this
    let i = items.push(value) - 1
    while (i > 0) {
      const parent = (i - 1) >> 1
      if ((items[parent] as number) <= value) break
      items[i] = items[parent] as number
      i = parent
    }
    items[i] = value
  }

  pop(): number | undefined {
    const { items } = this
    const top = items[0]
    const last = items.pop()
    if (last === undefined || items.length === 0) return top
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= items.length) break
      if (child + 1 < items.length && (items[child + 1] as number) < (items[child] as number)) child++
      if ((items[child] as number) >= last) break
      items[i] = items[child] as number
      i = child
    }
    items[i] = last
    return top
  }
}

/** Merges a short word by looking for the best pair again after each merge. */
function mergeShort(ids: number[], sizes: number[], table: MergeTable): void {
  for (;;) {
    let best = Number.POSITIVE_INFINITY
    let at = -1
    for (let i = 0; i + 1 < ids.length; i++) {
      const packed = table.pairs.get((ids[i] as number) * table.stride + (ids[i + 1] as number))
      if (packed !== undefined && packed < best) {
        best = packed
        at = i
      }
    }
    if (at < 0) return
    ids[at] = best % table.stride
    sizes[at] = (sizes[at] as number) + (sizes[at + 1] as number)
    ids.splice(at + 1, 1)
    sizes.splice(at + 1, 1)
  }
}

/** The same for long words in O(n log n): a linked list of pieces and a heap of pairs by (rank, position). */
function mergeLong(ids: number[], sizes: number[], table: MergeTable): void {
  const n = ids.length
  const next = Int32Array.from({ length: n }, (_, i) => (i + 1 < n ? i + 1 : -1))
  const previous = Int32Array.from({ length: n }, (_, i) => i - 1)
  const heap = new Heap()
  const packedAt = (i: number): number | undefined => {
    const j = next[i] as number
    return j < 0 ? undefined : table.pairs.get((ids[i] as number) * table.stride + (ids[j] as number))
  }
  const offer = (i: number): void => {
    const packed = packedAt(i)
    if (packed !== undefined) heap.push(Math.floor(packed / table.stride) * n + i)
  }
  for (let i = 0; i + 1 < n; i++) offer(i)
  for (let top = heap.pop(); top !== undefined; top = heap.pop()) {
    const i = top % n
    if (sizes[i] === 0) continue
    const packed = packedAt(i)
    // A pair may have changed since it was offered.
    if (packed === undefined || Math.floor(packed / table.stride) !== Math.floor(top / n)) continue
    const j = next[i] as number
    ids[i] = packed % table.stride
    sizes[i] = (sizes[i] as number) + (sizes[j] as number)
    sizes[j] = 0
    next[i] = next[j] as number
    if ((next[i] as number) >= 0) previous[next[i] as number] = i
    if ((previous[i] as number) >= 0) offer(previous[i] as number)
    offer(i)
  }
  let kept = 0
  for (let i = 0; i < n; i++) {
    if (sizes[i] === 0) continue
    ids[kept] = ids[i] as number
    sizes[kept++] = sizes[i] as number
  }
  ids.length = kept
  sizes.length = kept
}

/**
 * Byte-pair encoding of one word (Sennrich et al. 2016): merges adjacent pieces by rising rank, leftmost first.
 * `ids` are the single-byte pieces on entry and the tokens on return; `sizes` the bytes of each.
 */
export function mergePieces(ids: number[], sizes: number[], table: MergeTable): void {
  if (ids.length <= 24) mergeShort(ids, sizes, table)
  else mergeLong(ids, sizes, table)
}
