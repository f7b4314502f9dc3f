// The trainer's preparation as people see it: on its way, interrupted, failed with a cure, begun again. Programs stand in for
// Python here; the real installation is tried by the suite itself and by trainer/tests.
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import type { Person } from '#lib/domain/actor.ts'
import { env } from '#lib/env.ts'
import { home } from '#lib/home.ts'
import { invoke } from '#lib/services/operation.ts'
import { closeSender } from '#lib/services/queue.ts'
import { getTrainerEnvironment, prepareTrainer, retryTrainerEnvironment } from '#lib/services/trainer-environment.ts'
import { until } from '../support/trainer.ts'
import { as, buildProject, join } from '../support/world.ts'

const KEY = 'trainer-environment'
let projectId = ''
let engineer: Person

beforeAll(async () => {
  projectId = (await buildProject()).id
  engineer = await join(projectId, 'engineer')
})
beforeEach(() => db.systemTask.deleteMany({ where: { key: KEY } }))
afterAll(closeSender)

/** Lets this program be asked to make the environment. */
function usePython(script: string): void {
  mkdirSync(home.root, { recursive: true })
  const file = path.join(home.root, 'python')
  writeFileSync(file, `#!/bin/sh\n${script}\n`)
  chmodSync(file, 0o755)
  Object.assign(env, { EXEMPLAR_PYTHON: file })
}

const look = () => invoke(getTrainerEnvironment, { projectId }, as(engineer))
const retry = () => invoke(retryTrainerEnvironment, { projectId }, as(engineer))

test('before any worker has begun it waits', async () => {
  expect(await look()).toMatchObject({ state: 'waiting', code: 'not-begun', updatedAt: null })
})

test('a failure is told with what happened and what to do, and Try again begins anew', async () => {
  usePython(`echo '{"stage":"failed","code":"pip-failed","message":"m","cure":"c","facts":{"detail":"no route to host"}}'; exit 1`)
  await prepareTrainer()
  expect(await look()).toMatchObject({
    state: 'failed',
    code: 'pip-failed',
    message: 'pip could not install everything: no route to host',
    cure: 'Check the network and pip’s configuration, then try again.',
  })
  expect(await retry()).toMatchObject({ state: 'preparing', code: 'queued', progress: 0 })
})

test('a Python that is too old names the version that will do', async () => {
  usePython(`echo '{"stage":"failed","code":"python-too-old","message":"m","cure":"c","facts":{"version":"3.9.18"}}'; exit 1`)
  await prepareTrainer()
  const status = await look()
  expect(status).toMatchObject({ state: 'failed', message: 'Fine-tuning needs Python 3.10 or newer; this is 3.9.18.' })
  expect(status.cure).toContain('python3.11')
})

test('a Python that is not there is named', async () => {
  Object.assign(env, { EXEMPLAR_PYTHON: '/nowhere/python9' })
  await prepareTrainer()
  expect(await look()).toMatchObject({ state: 'failed', code: 'python-missing', message: '/nowhere/python9 was not found.' })
})

test('a program that ends without a word of its own is named with its code and the log', async () => {
  usePython('echo not json; exit 7')
  await prepareTrainer()
  const status = await look()
  expect(status).toMatchObject({ state: 'failed', code: 'program-failed', message: 'python ended with code 7. not json' })
  expect(status.cure).toContain('setup.log')
})

test('while it prepares its stage and share are there; a stop ends the program and leaves it to go on later', async () => {
  const began = path.join(home.root, 'began')
  usePython(`echo '{"stage":"torch","progress":0.5,"message":"installing torch"}'; touch ${began}; exec sleep 600`)
  const stop = new AbortController()
  const preparing = prepareTrainer({}, stop.signal)
  await until('the program to begin', async () => existsSync(began) && (await look()).code === 'torch')
  expect(await look()).toMatchObject({ state: 'preparing', code: 'torch', progress: 0.4, message: 'Installing PyTorch' })
  expect(await retry()).toMatchObject({ state: 'preparing', code: 'torch' })
  stop.abort()
  await expect(preparing).rejects.toThrow()
  expect(await look()).toMatchObject({ state: 'preparing', code: 'torch' })
})

test('one that has long been silent was interrupted; Try again starts it at once', async () => {
  const longAgo = new Date(Date.now() - 10 * 60_000)
  await db.systemTask.create({ data: { key: KEY, state: 'preparing', progress: 0.3, code: 'libraries', updatedAt: longAgo } })
  expect(await look()).toMatchObject({ state: 'waiting', code: 'interrupted', progress: 0.3 })
  expect(await retry()).toMatchObject({ state: 'preparing', code: 'queued' })
})
