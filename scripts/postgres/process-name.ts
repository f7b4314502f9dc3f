import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Whether a process is a PostgreSQL server, by its command: numbers are reused, names seldom. */
export function isPostgres(pid: number): boolean {
  try {
    if (process.platform === 'linux') return /(^|\/)postgres/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
    if (process.platform === 'win32') return spawnSync('tasklist', ['/FI', `PID eq ${pid}`, '/NH'], { encoding: 'utf8' }).stdout.includes('postgres')
    return /(^|\/)postgres/.test(spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout)
  } catch {
    return false
  }
}
