// Memory of the idle product: web, worker and database.
import { readdirSync, readFileSync } from 'node:fs'
import { home } from '#lib/home.ts'

type Process = { pid: number; parent: number; megabytes: number }

function processes(): Process[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      const number = (file: string, key: string) =>
        Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${name}/${file}`, 'utf8'))?.[1] ?? 0)
      // Pages shared by several processes count in parts, or a database's shared memory would count once for each of its processes.
      return [{ pid: Number(name), parent: number('status', 'PPid'), megabytes: number('smaps_rollup', 'Pss') / 1024 }]
    } catch {
      // It ended while we looked.
      return []
    }
  })
}

export function benchMemory(): void {
  const all = processes()
  const running: Record<string, number> = JSON.parse(readFileSync(home.processes, 'utf8'))
  console.log('\nidle memory with all child processes (MB, proportional)')
  for (const name of ['web', 'worker', 'database']) {
    const inside = new Set([running[name]])
    for (const _ of all) for (const { pid, parent } of all) if (inside.has(parent)) inside.add(pid)
    const sum = all.reduce((total, { pid, megabytes }) => total + (inside.has(pid) ? megabytes : 0), 0)
    console.log(`${name.padEnd(10)} ${sum.toFixed(0).padStart(6)}`)
  }
}
