import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Candidate, groupRows, snapshotHash, splitRows } from '#lib/domain/snapshot.ts'

const candidate = fc
  .record({ prompt: fc.nat(12), text: fc.nat(15) })
  .map(({ prompt, text }) => ({ promptId: `p${String(prompt).padStart(2, '0')}`, contentHash: `t${text}` }))
const rowsOf = fc
  .array(candidate, { maxLength: 60 })
  .map((list) => list.map((row, index): Candidate => ({ ...row, conversationId: `c${index}`, revisionId: `r${index}` })))
const shares = { train: 0.6, validation: 0.2, test: 0.2 }

test('no group spans two splits: answers to one prompt and equal texts stay together', async () => {
  await fc.assert(
    fc.asyncProperty(rowsOf, fc.string(), async (rows, seed) => {
      const split = await splitRows(groupRows(rows), seed, shares)
      for (const key of ['groupKey', 'promptId', 'contentHash'] as const) {
        for (const group of Map.groupBy(split, (row) => row[key]).values()) expect(new Set(group.map((row) => row.split)).size).toBe(1)
      }
    }),
  )
})

test('groups and splits do not depend on the order of rows', async () => {
  await fc.assert(
    fc.asyncProperty(rowsOf, async (rows) => {
      const byId = async (list: Candidate[]) =>
        (await splitRows(groupRows(list), 's', shares)).toSorted((a, b) => (a.conversationId < b.conversationId ? -1 : 1))
      expect(await byId(rows.toReversed())).toEqual(await byId(rows))
    }),
  )
})

test('shares are met over many groups, and a seed changes who goes where', async () => {
  const rows = Array.from({ length: 4000 }, (_, index) => ({
    promptId: `p${index}`,
    contentHash: `t${index}`,
    conversationId: `c${index}`,
    revisionId: `r${index}`,
  }))
  const train = async (seed: string) =>
    (await splitRows(groupRows(rows), seed, shares)).filter((row) => row.split === 'train').map((row) => row.promptId)
  const [one, two] = [await train('1'), await train('2')]
  expect(one.length / 4000).toBeCloseTo(0.6, 1)
  expect(one).not.toEqual(two)
})

test('the hash is of texts and splits, not of database ids', async () => {
  expect(await snapshotHash([{ contentHash: 'a', split: 'train' }])).not.toBe(await snapshotHash([{ contentHash: 'a', split: 'test' }]))
  expect(await snapshotHash([])).toMatch(/^[0-9a-f]{64}$/)
})
