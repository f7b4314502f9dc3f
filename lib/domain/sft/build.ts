import type { Message, Tool } from '#lib/domain/conversation.ts'
import type { Tokenizer } from './encode.ts'
import { type Example, tokenizeConversation } from './example.ts'
import { Ledger, type LedgerEntry, type SplitCounts } from './ledger.ts'
import { type ChatRecord, toChatRecord } from './messages-format.ts'
import { concatenate, packBfd } from './pack.ts'
import type { Recipe } from './recipe.ts'
import type { ExclusionReason } from './refusal.ts'
import type { ChatTemplate } from './template.ts'
import { countTrained, cutTokens, type TokenRow, turnCuts } from './truncate.ts'

export type CandidateRow = {
  /** Place in the snapshot; unique. */
  position: number
  conversationId: string
  revisionId: string
  split: string
  category: string | null
  language: string | null
  contentHash: string
  messages: Message[]
  tools: Tool[]
}

/** What an exported row keeps of each candidate in it. */
export type RowSource = Omit<CandidateRow, 'messages' | 'tools' | 'split'>

/** An exported row; `sources` has one entry, or one a packed example, in the order of `seqLengths`. */
export type ExportedRow = { split: string; rowIndex: number; sources: RowSource[] } & (
  | { kind: 'tokenized'; ids: Int32Array; labels: Int32Array; seqLengths: number[] | null }
  | { kind: 'messages'; record: ChatRecord }
)

export type BuildEvent = { type: 'row'; row: ExportedRow } | { type: 'ledger'; entry: LedgerEntry }

/** Counts by split. `rows` are rows written; with packing fewer than the examples in them. */
export type BuildCounts = Record<string, SplitCounts & { rows: number }>

export type BuildInput = {
  rows: AsyncIterable<CandidateRow> | Iterable<CandidateRow>
  recipe: Recipe
  /** Both are needed for the `tokenized` format and unused for `messages`. */
  template: ChatTemplate | null
  tokenizer: Tokenizer | null
  onProgress?: (done: { candidates: number; tokens: number }) => void
  signal?: AbortSignal
  /** Rows tokenized at once; results keep their order, so this changes no byte. */
  concurrency?: number
}

type Made = { row: TokenRow; truncatedTokens: number } | { reason: ExclusionReason; detail: string }
type Settled = { candidate: CandidateRow; made: Made | { record: ChatRecord } }

/**
 * Turns candidates into rows and ledger entries, in snapshot order (packed rows follow at the end of the input).
 * Returns the balanced counts. Throws SelfCheckError when a mask or the ledger contradicts itself, the signal's reason
 * when aborted, and whatever the input throws.
 */
export async function* buildDataset(input: BuildInput): AsyncGenerator<BuildEvent, BuildCounts> {
  const ledger = new Ledger()
  const rowCounts = new Map<string, number>()
  const packed = new Map<string, { candidate: CandidateRow; row: TokenRow; truncatedTokens: number }[]>()
  const done = { candidates: 0, tokens: 0 }
  const nextIndex = (split: string): number => {
    const index = rowCounts.get(split) ?? 0
    rowCounts.set(split, index + 1)
    return index
  }
  for await (const { candidate, made } of settle(input, ledger)) {
    done.candidates++
    if ('reason' in made) {
      yield { type: 'ledger', entry: ledger.settle(entryOf(candidate, { outcome: 'excluded', reason: made.reason, detail: made.detail })) }
    } else if ('record' in made) {
      const rowIndex = nextIndex(candidate.split)
      yield { type: 'row', row: { kind: 'messages', split: candidate.split, rowIndex, sources: [sourceOf(candidate)], record: made.record } }
      yield { type: 'ledger', entry: ledger.settle(entryOf(candidate, { outcome: 'exported', rowIndex })) }
    } else {
      done.tokens += made.row.ids.length
      if (input.recipe.packing === 'bfd') {
        const waiting = packed.get(candidate.split) ?? []
        waiting.push({ candidate, ...made })
        packed.set(candidate.split, waiting)
      } else {
        const rowIndex = nextIndex(candidate.split)
        yield {
          type: 'row',
          row: { kind: 'tokenized', split: candidate.split, rowIndex, sources: [sourceOf(candidate)], ...made.row, seqLengths: null },
        }
        yield { type: 'ledger', entry: ledger.settle(tokenEntry(candidate, made, rowIndex)) }
      }
    }
    if (done.candidates % 50 === 0) input.onProgress?.({ ...done })
  }
  for (const [split, waiting] of packed) {
    for (const bin of packBfd(
      waiting.map(({ row }) => row.ids.length),
      input.recipe.maxLength,
    )) {
      const members = bin.flatMap((i) => waiting[i] ?? [])
      const rowIndex = nextIndex(split)
      const row = {
        ids: concatenate(members.map(({ row }) => row.ids)),
        labels: concatenate(members.map(({ row }) => row.labels)),
        seqLengths: members.map(({ row }) => row.ids.length),
      }
      yield { type: 'row', row: { kind: 'tokenized', split, rowIndex, sources: members.map(({ candidate }) => sourceOf(candidate)), ...row } }
      for (const member of members) yield { type: 'ledger', entry: ledger.settle(tokenEntry(member.candidate, member, rowIndex)) }
    }
  }
  input.onProgress?.({ ...done })
  const counts: BuildCounts = {}
  for (const [split, balanced] of Object.entries(ledger.balance())) counts[split] = { ...balanced, rows: rowCounts.get(split) ?? 0 }
  return counts
}

/** Works on several rows at once and yields them in order. */
async function* settle(input: BuildInput, ledger: Ledger): AsyncGenerator<Settled> {
  const running: Promise<Settled>[] = []
  try {
    for await (const candidate of input.rows) {
      input.signal?.throwIfAborted()
      ledger.enter(candidate)
      const work = make(candidate, input).then((made) => ({ candidate, made }))
      // A failure surfaces when its turn comes; until then it must not count as unhandled.
      work.catch(() => {})
      running.push(work)
      if (running.length >= (input.concurrency ?? 8)) yield await (running.shift() as Promise<Settled>)
    }
    while (running.length > 0) {
      input.signal?.throwIfAborted()
      yield await (running.shift() as Promise<Settled>)
    }
  } finally {
    await Promise.allSettled(running)
  }
}

async function make(candidate: CandidateRow, { recipe, template, tokenizer }: BuildInput): Promise<Made | { record: ChatRecord }> {
  const { messages, tools } = candidate
  if (recipe.format === 'messages') {
    if (!messages.some((message) => message.role === 'assistant' && message.train)) {
      return { reason: 'nothing-trained', detail: 'No assistant turn is marked for training.' }
    }
    return { record: toChatRecord(messages, tools) }
  }
  if (!template || !tokenizer) throw new TypeError('a tokenized build needs a template and a tokenizer')
  const tokenize = (turns: Message[]) => tokenizeConversation({ messages: turns, tools, template, tokenizer, options: { eot: recipe.eot } })
  const example = await tokenize(messages)
  if (!example.ok) return { reason: example.code, detail: example.message }
  if (example.ids.length <= recipe.maxLength) return { row: { ids: example.ids, labels: example.labels }, truncatedTokens: 0 }
  return shorten(example, messages, recipe, tokenize)
}

async function shorten(
  example: Example,
  messages: Message[],
  recipe: Recipe,
  tokenize: (turns: Message[]) => ReturnType<typeof tokenizeConversation>,
): Promise<Made> {
  const { maxLength, truncation } = recipe
  const length = example.ids.length
  if (truncation === 'refuse') return { reason: 'too-long', detail: `${length} tokens; the recipe allows ${maxLength}.` }
  if (truncation === 'drop-turns') {
    for (const count of turnCuts(messages)) {
      const inTurns = example.perMessageTokens.slice(0, count).reduce((sum, n) => sum + n, 0)
      if (inTurns > maxLength) continue
      const shorter = await tokenize(messages.slice(0, count))
      if (shorter.ok && shorter.ids.length <= maxLength)
        return { row: { ids: shorter.ids, labels: shorter.labels }, truncatedTokens: length - shorter.ids.length }
    }
    return { reason: 'too-long', detail: `${length} tokens; no whole turns of it that train something fit into ${maxLength}.` }
  }
  const { truncatedTokens, ...row } = cutTokens(example, maxLength, truncation === 'keep-start' ? 'start' : 'end')
  if (countTrained(row.labels) === 0)
    return { reason: 'nothing-trained-after-truncation', detail: `Of ${length} tokens the ${maxLength} kept train nothing.` }
  return { row, truncatedTokens }
}

const sourceOf = ({ position, conversationId, revisionId, category, language, contentHash }: CandidateRow): RowSource => ({
  position,
  conversationId,
  revisionId,
  category,
  language,
  contentHash,
})

function entryOf(candidate: CandidateRow, entry: Pick<LedgerEntry, 'outcome'> & Partial<LedgerEntry>): LedgerEntry {
  const { position, conversationId, revisionId, split } = candidate
  return {
    position,
    conversationId,
    revisionId,
    split,
    reason: null,
    detail: null,
    rowIndex: null,
    tokens: 0,
    trainedTokens: 0,
    truncatedTokens: 0,
    ...entry,
  }
}

function tokenEntry(candidate: CandidateRow, made: { row: TokenRow; truncatedTokens: number }, rowIndex: number): LedgerEntry {
  return entryOf(candidate, {
    outcome: made.truncatedTokens > 0 ? 'truncated' : 'exported',
    rowIndex,
    tokens: made.row.ids.length,
    trainedTokens: countTrained(made.row.labels),
    truncatedTokens: made.truncatedTokens,
  })
}
