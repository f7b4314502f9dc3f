import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { sha256Hex } from '#lib/domain/content-hash.ts'
import { type BuildCounts, type BuildEvent, type BuildInput, buildDataset, type CandidateRow } from '#lib/domain/sft/build.ts'
import { excludedRows, Ledger, type LedgerEntry } from '#lib/domain/sft/ledger.ts'
import { IGNORED } from '#lib/domain/sft/mask.ts'
import { Recipe, recipeHash } from '#lib/domain/sft/recipe.ts'
import { SelfCheckError } from '#lib/domain/sft/refusal.ts'
import { compileTemplate } from '#lib/domain/sft/template.ts'
import { conversation, hostileText, message, rust, template } from './fixtures.ts'

vi.setConfig({ testTimeout: 120_000 })

type Row = Extract<BuildEvent, { type: 'row' }>['row']
type Outcome = { rows: Row[]; ledger: LedgerEntry[]; counts: BuildCounts }

async function run(input: Omit<BuildInput, 'tokenizer' | 'template'> & Partial<BuildInput>): Promise<Outcome> {
  const outcome: Outcome = { rows: [], ledger: [], counts: {} }
  const events = buildDataset({ tokenizer: rust, template: template('chatml'), ...input })
  for (;;) {
    const { done, value } = await events.next()
    if (done) return { ...outcome, counts: value }
    if (value.type === 'row') outcome.rows.push(value.row)
    else outcome.ledger.push(value.entry)
  }
}

const candidate = (position: number, messages: CandidateRow['messages'], split = 'train'): CandidateRow => ({
  position,
  conversationId: `c${position}`,
  revisionId: `r${position}`,
  split,
  category: null,
  language: 'en',
  contentHash: `h${position}`,
  messages,
  tools: [],
})
const answer = (position: number, words: number, split?: string) =>
  candidate(position, [message('user', 'Say it'), message('assistant', 'word '.repeat(words))], split)
const candidates = fc
  .array(fc.tuple(conversation(hostileText), fc.constantFrom('train', 'validation')), { maxLength: 12 })
  .map((list) => list.map(([messages, split], i) => candidate(i, messages, split)))
const recipes = fc
  .record({
    maxLength: fc.integer({ min: 16, max: 120 }),
    truncation: fc.constantFrom('refuse' as const, 'keep-start' as const, 'keep-end' as const, 'drop-turns' as const),
    packing: fc.constantFrom('none' as const, 'bfd' as const),
  })
  .map((recipe) => Recipe.parse(recipe))

const tokens = (row: Row): number[] => (row.kind === 'tokenized' ? [...row.ids] : [])
const labels = (row: Row): number[] => (row.kind === 'tokenized' ? [...row.labels] : [])

describe('a build accounts for everything', () => {
  test('candidates = exported + truncated + excluded; tokens and rows add up; the same input gives the same rows', async () => {
    const property = fc.asyncProperty(candidates, recipes, async (rows, recipe) => {
      const { rows: built, ledger, counts } = await run({ rows, recipe })
      expect(ledger.map((entry) => entry.position).sort((a, b) => a - b)).toEqual(rows.map((row) => row.position))
      for (const [split, count] of Object.entries(counts)) {
        const own = built.filter((row) => row.split === split)
        const entries = ledger.filter((entry) => entry.split === split)
        expect(count.candidates).toBe(rows.filter((row) => row.split === split).length)
        expect(count.exported + count.truncated + excludedRows(count)).toBe(count.candidates)
        expect(count.rows).toBe(own.length)
        expect(own.map((row) => row.rowIndex)).toEqual(own.map((_, i) => i))
        expect(count.tokens).toBe(own.flatMap(tokens).length)
        expect(count.trainedTokens).toBe(own.flatMap(labels).filter((label) => label !== IGNORED).length)
        expect(count.truncatedTokens).toBe(entries.reduce((sum, entry) => sum + entry.truncatedTokens, 0))
        for (const row of own) expect(tokens(row).length).toBeLessThanOrEqual(recipe.maxLength)
      }
      for (const entry of ledger) {
        expect(entry.outcome === 'excluded').toBe(entry.reason !== null)
        expect(entry.outcome === 'truncated').toBe(entry.truncatedTokens > 0)
        if (entry.outcome !== 'excluded') expect(entry.trainedTokens).toBeGreaterThan(0)
      }
      const again = await run({ rows, recipe, concurrency: 1 })
      expect(JSON.stringify([again.rows, again.ledger, again.counts])).toBe(JSON.stringify([built, ledger, counts]))
    })
    await fc.assert(property, { numRuns: 40 })
  })

  test('packing rearranges the very rows of the unpacked build', async () => {
    const property = fc.asyncProperty(candidates, async (rows) => {
      const loose = await run({ rows, recipe: Recipe.parse({ maxLength: 400 }) })
      const packed = await run({ rows, recipe: Recipe.parse({ maxLength: 400, packing: 'bfd' }) })
      const examples = packed.rows.flatMap((row) => {
        if (row.kind !== 'tokenized') return []
        let at = 0
        return row.sources.map((source, i) => {
          const from = at
          at += row.seqLengths?.[i] ?? 0
          return `${source.position}:${row.ids.slice(from, at).join()}:${row.labels.slice(from, at).join()}`
        })
      })
      expect(examples.sort()).toEqual(loose.rows.map((row) => `${row.sources[0]?.position}:${tokens(row).join()}:${labels(row).join()}`).sort())
    })
    await fc.assert(property, { numRuns: 20 })
  })
})

describe('rows that do not fit', () => {
  const long = answer(0, 60)
  const only = async (truncation: Recipe['truncation'], row = long, maxLength = 32) => {
    const { rows, ledger } = await run({ rows: [row], recipe: Recipe.parse({ maxLength, truncation }) })
    return { row: rows[0], entry: ledger[0] as LedgerEntry }
  }

  test('are left out, with their length', async () => {
    expect((await only('refuse')).entry).toMatchObject({
      outcome: 'excluded',
      reason: 'too-long',
      detail: expect.stringMatching(/^\d+ tokens; the recipe allows 32\.$/),
    })
  })

  test('or cut at either end, and counted', async () => {
    const whole = (await only('refuse', long, 400)).row as Row
    for (const truncation of ['keep-start', 'keep-end'] as const) {
      const { row, entry } = await only(truncation)
      expect(entry).toMatchObject({ outcome: 'truncated', tokens: 32, truncatedTokens: tokens(whole).length - 32 })
      expect(tokens(row as Row)).toEqual(truncation === 'keep-start' ? tokens(whole).slice(0, 32) : tokens(whole).slice(-32))
    }
  })

  test('a cut that leaves nothing to learn excludes the row', async () => {
    const row = candidate(0, [message('user', 'question '.repeat(60)), message('assistant', 'a')])
    expect((await only('keep-start', row)).entry).toMatchObject({ outcome: 'excluded', reason: 'nothing-trained-after-truncation' })
  })

  test('or lose whole turns from the end', async () => {
    const row = candidate(0, [...[0, 1, 2].flatMap((i) => [message('user', `question ${i}`), message('assistant', `answer ${i}`)])])
    const short = await only('refuse', { ...row, messages: row.messages.slice(0, 4) }, 400)
    const { row: cut, entry } = await only('drop-turns', row, tokens(short.row as Row).length)
    expect(tokens(cut as Row)).toEqual(tokens(short.row as Row))
    expect(entry).toMatchObject({ outcome: 'truncated', tokens: short.entry.tokens })
    expect((await only('drop-turns')).entry).toMatchObject({ outcome: 'excluded', reason: 'too-long' })
  })
})

describe('a build stops', () => {
  test('when a self-check fails, and writes no ledger entry for the row', async () => {
    const endless = compileTemplate('{% for m in messages %}{{ m.content }}{% endfor %}')
    await expect(run({ rows: [answer(0, 2)], recipe: Recipe.parse({}), template: endless })).rejects.toThrow(SelfCheckError)
  })

  test('when it is aborted', async () => {
    const abort = new AbortController()
    const rows = async function* () {
      for (let i = 0; ; i++) {
        if (i === 20) abort.abort(new Error('enough'))
        yield answer(i, 3)
      }
    }
    await expect(run({ rows: rows(), recipe: Recipe.parse({}), signal: abort.signal })).rejects.toThrow('enough')
  })

  test('when a position comes twice', async () => {
    await expect(run({ rows: [answer(1, 2), answer(1, 2)], recipe: Recipe.parse({}) })).rejects.toThrow('a candidate twice')
  })

  test('when its input fails', async () => {
    const rows = async function* () {
      yield answer(0, 2)
      throw new Error('database gone')
    }
    await expect(run({ rows: rows(), recipe: Recipe.parse({}) })).rejects.toThrow('database gone')
  })
})

test('progress tells candidates and tokens', async () => {
  const seen: { candidates: number; tokens: number }[] = []
  const { counts } = await run({
    rows: Array.from({ length: 120 }, (_, i) => answer(i, 3)),
    recipe: Recipe.parse({}),
    onProgress: (done) => seen.push(done),
  })
  expect(seen.map(({ candidates: n }) => n)).toEqual([50, 100, 120])
  expect(seen.at(-1)?.tokens).toBe(counts.train?.tokens)
})

test('refused rows say why, in the words of the template', async () => {
  const { counts, ledger } = await run({
    rows: [candidate(0, [message('system', 's'), message('user', 'u'), message('assistant', 'a')])],
    recipe: Recipe.parse({}),
    template: template('gemma'),
  })
  expect(counts.train).toMatchObject({ candidates: 1, excluded: { 'template-refused': 1 }, rows: 0 })
  expect(ledger[0]?.detail).toBe('System role not supported')
})

test('the messages format keeps conversations as they are', async () => {
  const call = { id: 'x', name: 'f', arguments: '{"a": 1.0}' }
  const messages = [
    message('user', 'u'),
    message('assistant', '', { toolCalls: [call], reasoning: 'r' }),
    message('tool', 't', { toolCallId: 'x' }),
    message('assistant', 'a', { train: true }),
  ]
  const row = { ...candidate(0, messages), tools: [{ name: 'f', description: 'd', parameters: '{"n": 12345678901234567890}' }] }
  const { rows } = await run({
    rows: [row, candidate(1, [message('user', 'u'), message('assistant', 'a', { train: false })])],
    recipe: Recipe.parse({ format: 'messages' }),
    template: null,
    tokenizer: null,
  })
  expect(rows).toHaveLength(1)
  expect(rows[0]).toMatchObject({
    kind: 'messages',
    record: {
      messages: [
        { role: 'user', content: 'u' },
        {
          role: 'assistant',
          content: '',
          reasoning_content: 'r',
          weight: 1,
          tool_calls: [{ id: 'x', type: 'function', function: { name: 'f', arguments: '{"a": 1.0}' } }],
        },
        { role: 'tool', content: 't', tool_call_id: 'x' },
        { role: 'assistant', content: 'a', weight: 1 },
      ],
      tools: '[{"type":"function","function":{"name":"f","description":"d","parameters":{"n": 12345678901234567890}}}]',
    },
  })
})

describe('ledger', () => {
  const entry: LedgerEntry = {
    position: 1,
    conversationId: 'c',
    revisionId: 'r',
    split: 'train',
    outcome: 'exported',
    reason: null,
    detail: null,
    rowIndex: 0,
    tokens: 3,
    trainedTokens: 1,
    truncatedTokens: 0,
  }

  test('does not balance with a row without outcome, an unknown row or an unexplained exclusion', () => {
    const ledger = new Ledger()
    ledger.enter({ position: 1, split: 'train' })
    expect(() => ledger.balance()).toThrow(SelfCheckError)
    expect(() => ledger.settle({ ...entry, position: 2 })).toThrow(SelfCheckError)
    ledger.settle(entry)
    expect(() => ledger.settle(entry)).toThrow(SelfCheckError)
    ledger.enter({ position: 2, split: 'train' })
    expect(() => ledger.settle({ ...entry, position: 2, outcome: 'excluded' })).toThrow('without a reason')
  })

  test('does not balance when an entry moves to another split', () => {
    const ledger = new Ledger()
    ledger.enter({ position: 1, split: 'train' })
    ledger.settle({ ...entry, split: 'test' })
    expect(() => ledger.balance()).toThrow(SelfCheckError)
  })
})

describe('recipe', () => {
  test('a default and its omission are the same recipe', async () => {
    expect(await recipeHash({})).toBe(await recipeHash({ maxLength: 4096, packing: 'none', templateKwargs: {} }))
    expect(await recipeHash({})).not.toBe(await recipeHash({ maxLength: 4097 }))
    expect(await recipeHash({ templateKwargs: { b: 1, a: [1.5, null] } })).toBe(await recipeHash({ templateKwargs: { a: [1.5, null], b: 1 } }))
  })

  test('unknown fields, dates and lengths are refused', () => {
    for (const bad of [{ seed: 1 }, { pinnedDate: '2026-02-30' }, { maxLength: 1 }, { templateKwargs: { 'a b': 1 } }])
      expect(Recipe.safeParse(bad).success).toBe(false)
  })

  test('sha256 of the empty text', async () => {
    expect(await sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  })
})
