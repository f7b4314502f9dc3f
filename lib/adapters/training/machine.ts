import { readFile, statfs } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { CPU_FLOPS_PER_CORE } from '#lib/domain/training/estimate.ts'

const CGROUPS = [
  ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory.current'],
  ['/sys/fs/cgroup/memory/memory.limit_in_bytes', '/sys/fs/cgroup/memory/memory.usage_in_bytes'],
] as const

const numberIn = async (file: string): Promise<number> => Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10)

/** Free memory in bytes, within the limit of this control group. */
export async function availableMemory(): Promise<number> {
  const table = await readFile('/proc/meminfo', 'utf8').catch(() => '')
  const [, kibibytes] = /^MemAvailable:\s+(\d+) kB/m.exec(table) ?? []
  let free = kibibytes ? Number(kibibytes) * 1024 : process.availableMemory()
  for (const [limitFile, usedFile] of CGROUPS) {
    const [limit, used] = await Promise.all([numberIn(limitFile), numberIn(usedFile)])
    if (Number.isFinite(limit) && Number.isFinite(used)) free = Math.min(free, limit - used)
  }
  return Math.max(0, free)
}

/** Free disk in bytes where `folder` lies. */
export async function availableDisk(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

/** Assumed arithmetic of this machine in operations a second, and in words. */
export const machineSpeed = (): { flops: number; description: string } => {
  const cores = availableParallelism()
  return { flops: cores * CPU_FLOPS_PER_CORE, description: `${cores} CPU cores` }
}
