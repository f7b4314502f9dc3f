// PostgreSQL refuses to run as root. Where we are root, its programs run as another user of the system.
import { type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { chownSync, closeSync, existsSync, openSync, statSync } from 'node:fs'

export interface RunUser {
  uid: number
  gid: number
}

const CANDIDATES = ['postgres', 'nobody']

const idOf = (flag: '-u' | '-g', name: string) => {
  const found = spawnSync('id', [flag, name], { encoding: 'utf8' })
  return found.status === 0 ? Number(found.stdout.trim()) : null
}

const isRoot = () => process.getuid?.() === 0

/** The user to run as: null for ourselves; the owner of the data where there is some, so that it stays readable. */
export function chooseRunUser(dataDirectory: string): RunUser | null {
  if (!isRoot()) return null
  if (existsSync(dataDirectory)) {
    const { uid, gid } = statSync(dataDirectory)
    if (uid !== 0) return { uid, gid }
  }
  for (const name of CANDIDATES) {
    const uid = idOf('-u', name)
    const gid = idOf('-g', name)
    if (uid && gid) return { uid, gid }
  }
  throw new Error(
    'PostgreSQL cannot run as root, and this system has neither a user "postgres" nor "nobody". Run as another user, or set DATABASE_URL.',
  )
}

export function giveTo(user: RunUser | null, ...files: string[]): void {
  if (user) for (const file of files) chownSync(file, user.uid, user.gid)
}

// The working folder must be one that the user can enter; the environment carries nothing of ours along.
const spawnOptions = (user: RunUser | null): SpawnOptions => ({
  ...(user ?? {}),
  cwd: '/',
  env: { PATH: process.env.PATH, TZ: process.env.TZ, SYSTEMROOT: process.env.SYSTEMROOT, NODE_ENV: process.env.NODE_ENV },
})

/** Whether the user can execute the program and read what it needs, wherever the folders above are closed. */
export function canExecute(user: RunUser | null, program: string): boolean {
  return spawnSync(program, ['--version'], { ...spawnOptions(user), stdio: 'ignore' }).status === 0
}

export function canEnter(user: RunUser | null, directory: string): boolean {
  if (!user) return true
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', directory], { ...spawnOptions(user), stdio: 'ignore' }).status === 0
}

/**
 * Runs a program to its end with its output in a file. A pipe would stay open for as long as the server it starts, and
 * the end would never be seen.
 */
export async function runAs(user: RunUser | null, program: string, args: string[], logFile: string): Promise<number> {
  const output = openSync(logFile, 'a')
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(program, args, { ...spawnOptions(user), stdio: ['ignore', output, output] })
      child.once('error', reject)
      child.once('exit', (code) => resolve(code ?? 1))
    })
  } finally {
    closeSync(output)
  }
}
