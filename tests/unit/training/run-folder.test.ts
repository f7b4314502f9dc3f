import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newestCheckpoint, removeFromRuns } from '#lib/adapters/training/run-folder.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'exemplar-run-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function save(step: number): string {
  const checkpoint = path.join(folder, 'checkpoints', `checkpoint-${step}`)
  mkdirSync(checkpoint, { recursive: true })
  writeFileSync(path.join(checkpoint, 'weights'), 'w'.repeat(step))
  writeFileSync(path.join(checkpoint, 'COMPLETE'), JSON.stringify({ files: [{ path: 'weights', bytes: step, sha256: '' }] }))
  return checkpoint
}

test('the newest whole checkpoint is gone on from; partial, cut and unreadable ones are stepped over', async () => {
  expect(await newestCheckpoint(folder)).toBeNull()
  const [oldest, older, newer, newest] = [4, 8, 12, 100].map(save)
  expect(await newestCheckpoint(folder)).toBe(newest)
  truncateSync(path.join(newest ?? '', 'weights'), 5)
  expect(await newestCheckpoint(folder)).toBe(newer)
  writeFileSync(path.join(newer ?? '', 'COMPLETE'), '{"files": [')
  expect(await newestCheckpoint(folder)).toBe(older)
  rmSync(path.join(older ?? '', 'weights'))
  expect(await newestCheckpoint(folder)).toBe(oldest)
  rmSync(path.join(oldest ?? '', 'COMPLETE'))
  expect(await newestCheckpoint(folder)).toBeNull()
})

test('nothing outside the folder of all runs is deleted', async () => {
  const checkpoint = save(4)
  await removeFromRuns(checkpoint)
  expect(await newestCheckpoint(folder)).toBe(checkpoint)
})
