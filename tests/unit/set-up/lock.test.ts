import { execFile, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { isAlive, ownerOf, takeLock, withLock } from '../../../scripts/start/lock.mjs'

const folder = mkdtempSync(path.join(tmpdir(), 'exemplar-lock-'))
const module = pathToFileURL(path.resolve(import.meta.dirname, '../../../scripts/start/lock.mjs')).href
const fileNamed = (name: string) => path.join(folder, name)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A number that belonged to a process and belongs to none now. */
const deadPid = () => spawnSync(process.execPath, ['--version']).pid

test.runIf(process.platform === 'linux')('a process that has ended is dead, even where its parent never takes note', async () => {
  // The shell becomes a program that knows nothing of the child it has.
  const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'])
  const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)))
  try {
    const state = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[2]
    while (state() !== 'Z') await new Promise((resolve) => setTimeout(resolve, 20))
    expect(isAlive(pid)).toBe(false)
    expect(isAlive(parent.pid ?? 0)).toBe(true)
  } finally {
    parent.kill('SIGKILL')
  }
})

test('a lock is held once, tells its owner and note, and can be taken again after its release', async () => {
  const file = fileNamed('once')
  const lock = await takeLock(file)
  expect(await takeLock(file)).toBeNull()
  lock?.note('http://example.test')
  expect(ownerOf(file)).toMatchObject({ pid: process.pid, note: 'http://example.test' })
  lock?.release()
  expect(ownerOf(file)).toBeNull()
  expect(await takeLock(file)).not.toBeNull()
})

test.each([
  ['a dead process', () => JSON.stringify({ pid: deadPid(), started: null, token: 'x' })],
  ['a living process that is not the one that took it', () => JSON.stringify({ pid: process.pid, started: 'another time', token: 'x' })],
  ['a write that was cut short', () => '{"pid": 1'],
])('the lock of %s is taken over', async (_, content) => {
  const file = fileNamed(`stale-${Math.random()}`)
  writeFileSync(file, content())
  expect(await takeLock(file)).not.toBeNull()
  expect(ownerOf(file)?.pid).toBe(process.pid)
})

test('releasing does not remove a lock that has another owner by now', async () => {
  const file = fileNamed('foreign')
  const lock = await takeLock(file)
  writeFileSync(file, JSON.stringify({ pid: process.pid, started: null, token: 'other' }))
  lock?.release()
  expect(ownerOf(file)?.token).toBe('other')
})

test('processes that take over a stale lock at once still come one after another', async () => {
  const file = fileNamed('crowd')
  const trace = fileNamed('trace')
  writeFileSync(file, JSON.stringify({ pid: deadPid(), started: null, token: 'x' }))
  const source = `
    import { appendFileSync } from 'node:fs'
    import { setTimeout } from 'node:timers/promises'
    import { withLock } from ${JSON.stringify(module)}
    await withLock(${JSON.stringify(file)}, { waitMs: 20000 }, async () => {
      appendFileSync(${JSON.stringify(trace)}, 'in ' + process.pid + '\\n')
      await setTimeout(20)
      appendFileSync(${JSON.stringify(trace)}, 'out ' + process.pid + '\\n')
    })`
  await Promise.all(Array.from({ length: 8 }, () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', source])))
  const lines = readFileSync(trace, 'utf8').trim().split('\n')
  expect(lines).toHaveLength(16)
  for (let i = 0; i < lines.length; i += 2) expect(lines[i + 1]).toBe(lines[i]?.replace('in', 'out'))
}, 30_000)

test('whoever waits too long is told who holds the lock', async () => {
  const file = fileNamed('busy')
  await takeLock(file)
  await expect(withLock(file, { waitMs: 50 }, async () => {})).rejects.toThrow(`held by process ${process.pid}`)
})
