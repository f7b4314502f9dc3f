// The processes of the running product, from the files it keeps about them.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { inject } from 'vitest'
import { livenessOf, type ProcessIdentity } from '#lib/adapters/training/process.ts'

const home = inject('productHome')

export type Name = 'web' | 'worker' | 'database'
type Pids = Partial<Record<Name | 'supervisor', number>>

const file = path.join(home, 'processes.json')

export const pids = (): Pids => JSON.parse(readFileSync(file, 'utf8'))
export const modeOfFile = () => statSync(file).mode & 0o777

/** What the supervisor has said so far. */
export const said = () => readFileSync(path.join(home, 'output.txt'), 'utf8')

/** kill -9, all at once. Returns whom it was. */
export function kill(...names: Name[]): Record<string, number> {
  const running = pids()
  const killed = names.map((name) => [name, running[name] ?? 0] as const)
  if (killed.some(([, pid]) => pid < 2)) throw new Error(`not all of ${names} run: ${JSON.stringify(running)}`)
  for (const [, pid] of killed) process.kill(pid, 'SIGKILL')
  return Object.fromEntries(killed)
}

export type Trainer = { keeper: ProcessIdentity; trainer: ProcessIdentity }

/** The trainer of an attempt and the small process that keeps it; null before both run. */
export function trainerOf(attemptId: string): Trainer | null {
  const name = path.join(home, 'runs', attemptId, 'pid.json')
  if (!existsSync(name)) return null
  const { child, ...keeper } = JSON.parse(readFileSync(name, 'utf8'))
  return child ? { keeper, trainer: { ...keeper, ...child } } : null
}

/** Whether an attempt has a checkpoint that is whole. */
export function hasCheckpoint(attemptId: string): boolean {
  const folder = path.join(home, 'runs', attemptId, 'checkpoints')
  return existsSync(folder) && readdirSync(folder).some((name) => existsSync(path.join(folder, name, 'COMPLETE')))
}

export const isAlive = async (identity: ProcessIdentity) => (await livenessOf(identity)) === 'alive'
