import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

/** Of memory in all, in megabytes: heap, buffers, and what Node itself takes. */
const PEAK = 480

/** Imports one of the files of import-child.ts in a process whose heap, in megabytes, is a fraction of what it reads. */
async function importIn(heap: number, file: string) {
  const flags = [`--max-old-space-size=${heap}`, '--expose-gc']
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, 'tests/support/import-child.ts', file])
  return JSON.parse(stdout) as { counts: Record<string, number>; peak: number; heaps: number[] }
}

test.each([
  ['heavy-rows', 'of 120 rows of a megabyte', 200, { candidates: 120, imported: 120, duplicates: 0, faulty: 0 }],
  ['bad-rows', 'of 120,000 bad rows', 96, { candidates: 120_000, imported: 0, duplicates: 0, faulty: 120_000 }],
  ['heavy-bad-rows', 'of 120 bad rows of a megabyte', 120, { candidates: 120, imported: 0, duplicates: 0, faulty: 120 }],
])('%s: a file %s is read in a heap of %d MB', { timeout: 120_000 }, async (file, _what, heap, counts) => {
  const told = await importIn(heap, file)
  expect(told.counts).toEqual(counts)
  expect(told.peak).toBeLessThan(PEAK)
})

test('a dry run keeps nothing of the rows it has seen', { timeout: 120_000 }, async () => {
  const { counts, heaps } = await importIn(120, 'dry-run')
  expect(counts).toEqual({ candidates: 60_000, imported: 60_000, duplicates: 0, faulty: 0 })
  // The last fifteen thousand rows: their keys alone would be more than a megabyte.
  expect((heaps.at(-1) ?? 0) - (heaps.at(-4) ?? 0)).toBeLessThan(0.7)
})
