// Processor time by process, as Linux counts it: unlike a rate it does not depend on who else uses the machine.
import { readdirSync, readFileSync } from 'node:fs'
import { home } from '#lib/home.ts'

/** Linux counts processor time in hundredths of a second for programs, whatever the kernel's own clock. */
const TICK_MS = 10
/** Where the fields after the name stand in /proc/PID/stat; the name may hold blanks and ends with the last bracket. */
const PARENT = 1
const USER = 11
const SYSTEM = 12
const CHILDREN_USER = 13
const CHILDREN_SYSTEM = 14

type Stat = { parent: number; own: number; endedChildren: number }

function statOf(pid: string): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const ticks = (...places: number[]) => places.reduce((sum, place) => sum + Number(fields[place]), 0) * TICK_MS
    return { parent: Number(fields[PARENT]), own: ticks(USER, SYSTEM), endedChildren: ticks(CHILDREN_USER, CHILDREN_SYSTEM) }
  } catch {
    // It ended while we looked, or this is not Linux.
    return null
  }
}

export type CpuTimes = { web: number; database: number; client: number }

/** Milliseconds of processor time used so far by the web process, by the database with its backends, and by this process. */
export function cpuTimes(): CpuTimes {
  const running: Record<string, number> = JSON.parse(readFileSync(home.processes, 'utf8'))
  const backends = readdirSync('/proc').flatMap((name) => {
    const stat = /^\d+$/.test(name) ? statOf(name) : null
    return stat && stat.parent === running.database ? [stat.own] : []
  })
  const server = statOf(String(running.database))
  const { user, system } = process.cpuUsage()
  return {
    web: statOf(String(running.web))?.own ?? 0,
    database: backends.reduce((sum, own) => sum + own, (server?.own ?? 0) + (server?.endedChildren ?? 0)),
    client: (user + system) / 1000,
  }
}

/** What was used between two looks, shared out on so many things done. */
export const cpuEach = (before: CpuTimes, after: CpuTimes, count: number): CpuTimes => ({
  web: (after.web - before.web) / count,
  database: (after.database - before.database) / count,
  client: (after.client - before.client) / count,
})
