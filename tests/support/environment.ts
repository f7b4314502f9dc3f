// The environment every test file starts with, before anything of ours is loaded: a home of its own that is thrown away.
import { subscribe } from 'node:diagnostics_channel'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll } from 'vitest'

// Where the suite keeps what is dear to make; the trainer's environment lies there.
process.env.EXEMPLAR_SUITE_HOME ??= path.resolve(process.env.EXEMPLAR_HOME || '.exemplar/test')

const home = mkdtempSync(path.join(tmpdir(), 'exemplar-test-'))

Object.assign(process.env, {
  EXEMPLAR_HOME: home,
  EXEMPLAR_TRAINER: 'tiny',
  EXEMPLAR_SECRET: 'a secret that only tests ever use, long enough',
  EXEMPLAR_ENCRYPTION_KEY: Buffer.alloc(32, 'test').toString('base64'),
  EXEMPLAR_LOG_LEVEL: process.env.EXEMPLAR_LOG_LEVEL || 'silent',
})

afterAll(() => rmSync(home, { recursive: true, force: true }))

// Which operations came to their end over HTTP; the stage compares them with the list of all.
const answered = new Set<string>()
subscribe('exemplar:operation', (message) => {
  const { name, via } = message as { name: string; via: string }
  if (via === 'http') answered.add(name)
})
afterAll(() => {
  const folder = path.join(process.env.EXEMPLAR_SUITE_HOME ?? home, 'reports', 'operations')
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, `${process.pid}-${Date.now()}.json`), JSON.stringify([...answered]))
})
