type Entry<Value> = { value: Value; weight: number }

/** Keeps values by key while they weigh no more than `limit` together; the least recently used goes first. The newest stays, however heavy. */
export class WeighedCache<Value> {
  private readonly entries = new Map<string, Entry<Value>>()
  private readonly limit: number
  private sum = 0

  constructor(limit: number) {
    this.limit = limit
  }

  get weight(): number {
    return this.sum
  }

  find(key: string): Value | undefined {
    const entry = this.entries.get(key)
    if (!entry) return undefined
    // A map remembers in which order its keys came.
    this.entries.delete(key)
    this.entries.set(key, entry)
    return entry.value
  }

  keep(key: string, value: Value, weight: number): void {
    this.drop(key)
    this.entries.set(key, { value, weight })
    this.sum += weight
    for (const oldest of this.entries.keys()) {
      if (this.sum <= this.limit || oldest === key) return
      this.drop(oldest)
    }
  }

  private drop(key: string): void {
    this.sum -= this.entries.get(key)?.weight ?? 0
    this.entries.delete(key)
  }
}
