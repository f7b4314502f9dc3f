// Memory of the idle product by process.
import { readdirSync, readFileSync } from 'node:fs'

type Process = { pid: number; parent: number; rss: number; command: string }

function processes(): Process[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8')
      const field = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0)
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
      return [{ pid: Number(name), parent: field('PPid'), rss: field('VmRSS') / 1024, command }]
    } catch {
      // It ended while we looked.
      return []
    }
  })
}

export function benchMemory(rootPid: number): void {
  const all = processes()
  const inside = new Set([rootPid])
  for (const _ of all) for (const each of all) if (inside.has(each.parent)) inside.add(each.pid)
  console.log('\nidle memory (MB resident)')
  for (const { pid, rss, command } of all) {
    if (!inside.has(pid) || pid === rootPid) continue
    console.log(`${rss.toFixed(0).padStart(6)}  ${command.slice(0, 90)}`)
  }
}
