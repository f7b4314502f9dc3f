// Starts the real product once for all tests of recovery: a home, a port and a database server of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, globSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import type { TestProject } from 'vitest/node'
import { killProcess, ProcessIdentity } from '#lib/adapters/training/process.ts'
import { until } from './until.ts'

const START_SECONDS = 300
const STOP_SECONDS = 60

declare module 'vitest' {
  interface ProvidedContext {
    productAddress: string
    productHome: string
  }
}

const suiteHome = path.resolve(process.env.EXEMPLAR_SUITE_HOME || process.env.EXEMPLAR_HOME || '.exemplar/test')
const suiteVenv = process.env.EXEMPLAR_TEST_VENV || path.join(suiteHome, 'trainer', 'venv')

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** What a person's shell would hand on, with nothing of the test runner's and no settings but these. */
function environment(home: string, port: number): NodeJS.ProcessEnv {
  const ours = /^(EXEMPLAR_|VITEST|DATABASE_URL$|NODE_ENV$|NODE_OPTIONS$|TEST$|PROD$|DEV$|MODE$)/
  const kept = Object.entries(process.env).filter(([name]) => !ours.test(name) || name === 'EXEMPLAR_PYTHON' || name === 'EXEMPLAR_TORCH_INDEX')
  return {
    ...Object.fromEntries(kept),
    EXEMPLAR_HOME: home,
    EXEMPLAR_PORT: String(port),
    EXEMPLAR_PORT_TAKEN: 'fail',
    EXEMPLAR_TRAINER: 'tiny',
    OMP_NUM_THREADS: '1',
    // Ends with its parent, as below `npm`, should the test run itself be killed.
    npm_lifecycle_event: 'test',
  } as unknown as NodeJS.ProcessEnv
}

/** A trainer outlives the product, and a test run that was cut off. */
async function endTrainers(home: string): Promise<void> {
  for (const file of globSync(path.join(home, 'runs', '*', 'pid.json'))) {
    const { child, ...keeper } = JSON.parse(readFileSync(file, 'utf8'))
    for (const each of [keeper, ...(child ? [{ ...keeper, ...child }] : [])]) await killProcess(ProcessIdentity.parse(each))
  }
}

/** Ends it as Ctrl-C does; that must go well whatever was done to its processes. */
async function stop(product: ChildProcess, home: string): Promise<void> {
  if (product.exitCode !== null || product.signalCode !== null)
    throw new Error(`the product ended by itself (${product.signalCode ?? product.exitCode})`)
  const ended = new Promise<void>((resolve) => {
    product.once('exit', () => resolve())
  })
  const timer = setTimeout(() => product.kill('SIGKILL'), STOP_SECONDS * 1000)
  product.kill('SIGTERM')
  await ended
  clearTimeout(timer)
  if (product.exitCode !== 0) throw new Error(`the product did not end well (${product.signalCode ?? product.exitCode})`)
  if (existsSync(path.join(home, 'processes.json'))) throw new Error('the product has ended and still names its processes')
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const home = path.join(suiteHome, 'recovery')
  await endTrainers(home)
  rmSync(home, { recursive: true, force: true })
  mkdirSync(path.join(home, 'trainer'), { recursive: true, mode: 0o711 })
  mkdirSync(path.dirname(suiteVenv), { recursive: true })
  // Where it is not there yet the product makes it, at the place the link leads to.
  symlinkSync(suiteVenv, path.join(home, 'trainer', 'venv'))
  const port = await findFreePort()
  const outputFile = path.join(home, 'output.txt')
  const output = openSync(outputFile, 'a', 0o600)
  const product = spawn(process.execPath, ['scripts/start.mjs'], { env: environment(home, port), stdio: ['ignore', output, output] })
  const said = () => readFileSync(outputFile, 'utf8')
  try {
    await until('the product to be ready', START_SECONDS, () => {
      if (product.exitCode !== null) throw new Error(`the product did not start:\n${said()}`)
      return said().includes('Exemplar is ready')
    })
  } catch (error) {
    await stop(product, home).catch(() => {})
    throw error
  }
  project.provide('productAddress', `http://127.0.0.1:${port}`)
  project.provide('productHome', home)
  return () => stop(product, home).finally(() => endTrainers(home))
}
