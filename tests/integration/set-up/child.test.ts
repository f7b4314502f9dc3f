import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Child, supervise } from '../../../scripts/start/child.ts'
import { isAlive } from '../../../scripts/start/lock.mjs'

const preload = pathToFileURL(path.resolve(import.meta.dirname, '../../../scripts/start/end-with-parent.mjs')).href
let folder = ''
let child: Child | null = null
let said = ''

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'exemplar-child-'))
  said = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text)
    return true
  })
})

afterEach(async () => {
  await child?.stop()
  child = null
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

async function until(condition: () => boolean, waitMs = 15_000): Promise<void> {
  const deadline = Date.now() + waitMs
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited in vain')
    await sleep(20)
  }
}

/** Runs a program that notes its process number on every start. */
function start(program: string): { pids: () => number[] } {
  const file = path.join(folder, 'pids')
  const source = `require('node:fs').appendFileSync(${JSON.stringify(file)}, process.pid + '\\n'); ${program}`
  child = supervise({ name: 'thing', args: ['-e', source], env: {}, logDirectory: folder, output: 'file' })
  return { pids: () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : []) }
}

test('a process that dies is started again, with a sentence and its last words', async () => {
  const { pids } = start(`console.log('last words'); setInterval(() => {}, 1000)`)
  await until(() => pids().length === 1)
  await sleep(200)
  process.kill(pids()[0] ?? 0, 'SIGKILL')
  await until(() => pids().length === 2)
  expect(said).toMatch(/thing process ended unexpectedly \(SIGKILL\).*\n.*last words/)
  expect(readFileSync(path.join(folder, 'thing.log'), 'utf8')).toContain('last words')
})

test('stopping ends the process and it stays ended', async () => {
  const { pids } = start('setInterval(() => {}, 1000)')
  await until(() => pids().length === 1)
  await child?.stop()
  expect(isAlive(pids()[0] ?? 0)).toBe(false)
  await sleep(800)
  expect(pids()).toHaveLength(1)
})

test('stopping between a death and the next start prevents that start', async () => {
  const { pids } = start('process.exit(3)')
  await until(() => said.includes('exit code 3'))
  await child?.stop()
  await sleep(800)
  expect(pids()).toHaveLength(1)
})

test('neither process outlives a supervisor that was killed', async () => {
  const file = path.join(folder, 'pid')
  const inner = `require('node:fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); setInterval(() => {}, 1000)`
  const outer = `require('node:child_process').spawn(process.execPath, ['--import', ${JSON.stringify(preload)}, '-e', ${JSON.stringify(inner)}], { detached: true }); setInterval(() => {}, 1000)`
  const supervisor = spawn(process.execPath, ['-e', outer])
  await until(() => existsSync(file) && readFileSync(file, 'utf8') !== '')
  const pid = Number(readFileSync(file, 'utf8'))
  expect(isAlive(pid)).toBe(true)
  await sleep(300)
  supervisor.kill('SIGKILL')
  await until(() => !isAlive(pid), 5_000)
})
