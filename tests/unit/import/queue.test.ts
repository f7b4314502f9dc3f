import { expect, test } from 'vitest'
import { ImportQueue, KEPT_FAULTS } from '#lib/services/import-queue.ts'
import type { Fault, ReadRow } from '#lib/services/import-reader.ts'

const MB = 1024 * 1024
const row = (bytes: number): ReadRow => ({ row: 1, bytes, mapped: {} as ReadRow['mapped'] })
const fault = (number: number): Fault => ({ row: number, line: 1, column: 1, field: '', code: 'no-messages', facts: {}, excerpt: '' })

test('a batch is full by its rows, by its weight or by its bad rows', () => {
  const full = (rows: ReadRow[], faults: Fault[] = []) => {
    const queue = new ImportQueue()
    queue.add({ rows, faults })
    return queue.isFull
  }
  expect(full(Array.from({ length: 999 }, () => row(10)))).toBe(false)
  expect(full(Array.from({ length: 1000 }, () => row(10)))).toBe(true)
  expect(full([row(2 * MB), row(2 * MB)])).toBe(true)
  expect(
    full(
      [],
      Array.from({ length: 1000 }, (_, index) => fault(index)),
    ),
  ).toBe(true)
})

test('no batch is heavier than four megabytes, but for a row that is so by itself', () => {
  const queue = new ImportQueue()
  queue.add({ rows: [2, 2, 2, 20, 1, 1].map((size) => row(size * MB)), faults: [] })
  const sizes: number[][] = []
  while (!queue.isEmpty) sizes.push(queue.take().rows.map(({ bytes }) => bytes / MB))
  expect(sizes).toEqual([[2, 2], [2], [20], [1, 1]])
  expect(queue.isFull).toBe(false)
})

test('bad rows beyond what is kept are counted and let go', () => {
  const queue = new ImportQueue()
  let kept = 0
  let faulty = 0
  for (let number = 0; number < KEPT_FAULTS + 2500; number++) {
    queue.add({ rows: [], faults: [fault(number)] })
    if (!queue.isFull) continue
    const batch = queue.take()
    kept += batch.faults.length
    faulty += batch.faulty
  }
  expect([kept, faulty + queue.take().faulty]).toEqual([KEPT_FAULTS, KEPT_FAULTS + 2500])
})
