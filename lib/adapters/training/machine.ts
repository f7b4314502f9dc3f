import { readFile, statfs } from 'node:fs/promises'
import { availableParallelism, hostname } from 'node:os'
import path from 'node:path'
import { z } from 'zod'
import { readJsonFile } from '#lib/adapters/files.ts'
import { CPU_FLOPS_PER_CORE } from '#lib/domain/training/estimate.ts'
import { home } from '#lib/home.ts'
import { hasTrainer } from './environment.ts'
import type { MachineFacts } from './preflight.ts'

const CGROUPS = [
  ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory.current'],
  ['/sys/fs/cgroup/memory/memory.limit_in_bytes', '/sys/fs/cgroup/memory/memory.usage_in_bytes'],
] as const

const numberIn = async (file: string): Promise<number> => Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10)

/** Free memory in bytes, within the limit of this control group. */
async function availableMemory(): Promise<number> {
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
async function availableDisk(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

/** What `exemplar_trainer.machine` found out with torch; kept, since importing that takes seconds. */
const Capability = z.object({ host: z.string(), device: z.enum(['cpu', 'cuda']), bfloat16: z.boolean() })

export const capabilityFile = (): string => path.join(/* turbopackIgnore: true */ home.trainer, 'machine.json')

/** The recorded capability, if it is this machine's: a home may have been moved. */
export async function readCapability(): Promise<z.infer<typeof Capability> | null> {
  const found = await readJsonFile(capabilityFile(), Capability)
  return found?.host === hostname() ? found : null
}

/** What preflight must know of this machine now. */
export async function machineFacts(): Promise<MachineFacts> {
  const [capability, memoryBytes, diskBytes] = await Promise.all([
    readCapability(),
    availableMemory(),
    availableDisk(home.runs).catch(() => availableDisk(path.dirname(home.root))),
  ])
  return {
    trainerReady: hasTrainer(),
    memoryBytes,
    diskBytes,
    flopsPerSecond: availableParallelism() * CPU_FLOPS_PER_CORE,
    hasBfloat16: capability?.bfloat16 ?? null,
  }
}
