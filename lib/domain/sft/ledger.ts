import { SelfCheckError } from './refusal.ts'

/** `exported` as it was, `truncated` to fit, or `excluded`. */
export type Outcome = 'exported' | 'truncated' | 'excluded'

/** What became of one candidate row. Tokens are those exported; `truncatedTokens` those cut away. */
export type LedgerEntry = {
  position: number
  conversationId: string
  revisionId: string
  split: string
  outcome: Outcome
  reason: string | null
  detail: string | null
  /** Index of the exported row within its split; of the packed row, when rows are packed. */
  rowIndex: number | null
  tokens: number
  trainedTokens: number
  truncatedTokens: number
}

export type SplitCounts = {
  candidates: number
  /** Rows exported whole; truncated ones are counted apart. */
  exported: number
  truncated: number
  excluded: Record<string, number>
  tokens: number
  trainedTokens: number
  truncatedTokens: number
}

const zero = (): SplitCounts => ({ candidates: 0, exported: 0, truncated: 0, excluded: {}, tokens: 0, trainedTokens: 0, truncatedTokens: 0 })

export const excludedRows = (counts: SplitCounts): number => Object.values(counts.excluded).reduce((sum, n) => sum + n, 0)

/** Accounts for every candidate row, split by split. */
export class Ledger {
  private readonly counts = new Map<string, SplitCounts>()
  private readonly open = new Set<number>()
  private readonly closed = new Set<number>()

  private of(split: string): SplitCounts {
    let counts = this.counts.get(split)
    if (!counts) {
      counts = zero()
      this.counts.set(split, counts)
    }
    return counts
  }

  /** A row enters. Throws SelfCheckError when its position came before. */
  enter(row: { position: number; split: string }): void {
    if (this.open.has(row.position) || this.closed.has(row.position))
      throw new SelfCheckError('ledger', `position ${row.position} is a candidate twice`)
    this.open.add(row.position)
    this.of(row.split).candidates++
  }

  /** Its outcome. Throws SelfCheckError for a row that never entered or was settled before. */
  settle(entry: LedgerEntry): LedgerEntry {
    if (!this.open.delete(entry.position)) throw new SelfCheckError('ledger', `position ${entry.position} is settled twice or never entered`)
    this.closed.add(entry.position)
    const counts = this.of(entry.split)
    if (entry.outcome === 'excluded') {
      if (!entry.reason) throw new SelfCheckError('ledger', `position ${entry.position} is excluded without a reason`)
      counts.excluded[entry.reason] = (counts.excluded[entry.reason] ?? 0) + 1
    } else {
      counts[entry.outcome]++
      counts.tokens += entry.tokens
      counts.trainedTokens += entry.trainedTokens
      counts.truncatedTokens += entry.truncatedTokens
    }
    return entry
  }

  /**
   * Counts by split, in the order of their names. Throws SelfCheckError unless in every split
   * candidates = exported + truncated + excluded.
   */
  balance(): Record<string, SplitCounts> {
    if (this.open.size > 0) throw new SelfCheckError('ledger', `${this.open.size} rows have no outcome, the first at position ${[...this.open][0]}`)
    const balanced: Record<string, SplitCounts> = {}
    for (const split of [...this.counts.keys()].sort()) {
      const counts = this.of(split)
      const settled = counts.exported + counts.truncated + excludedRows(counts)
      if (settled !== counts.candidates) throw new SelfCheckError('ledger', `${split}: ${counts.candidates} candidates, ${settled} settled`)
      balanced[split] = counts
    }
    return balanced
  }
}
