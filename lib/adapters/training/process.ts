// Is this process still the one we started? Process ids are used again, so an id alone proves nothing.
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { z } from 'zod'

const run = promisify(execFile)
const isLinux = process.platform === 'linux'

/** What a process writes about itself when it starts. `startTime` and `bootId` are compared as they are, never interpreted. */
export const ProcessIdentity = z.object({
  pid: z.int().positive(),
  startTime: z.string().nullable(),
  bootId: z.string().nullable(),
  host: z.string(),
})
export type ProcessIdentity = z.infer<typeof ProcessIdentity>

export type Liveness = 'alive' | 'dead' | 'elsewhere'

/** Identifies this boot of the machine: after another boot, every process of before is gone. */
export async function currentBootId(): Promise<string | null> {
  if (isLinux) return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
  const { stdout } = await run('sysctl', ['-n', 'kern.bootsessionuuid']).catch(() => ({ stdout: '' }))
  return stdout.trim() || null
}

/** When the process started, in the kernel's own form, or null when there is none (or it is dead and only not yet reaped). */
export async function startTimeOf(pid: number): Promise<string | null> {
  if (!isLinux) {
    const { stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]).catch(() => ({ stdout: '' }))
    const [, state, start] = /^(\S+)\s+(.+)$/.exec(stdout.trim()) ?? []
    return !start || state?.startsWith('Z') ? null : start
  }
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  if (text === null) return null
  // The command's name, field 2, may hold spaces and brackets; the fields after its last bracket are fixed.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null)
}

/** Only the machine a process runs on can judge it; any other one says `elsewhere`. */
export async function livenessOf(identity: ProcessIdentity): Promise<Liveness> {
  if (identity.host !== hostname()) return 'elsewhere'
  if (identity.bootId !== (await currentBootId())) return 'dead'
  return identity.startTime !== null && (await startTimeOf(identity.pid)) === identity.startTime ? 'alive' : 'dead'
}

/** Sends a signal to the process, if it still is that one. */
async function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): Promise<void> {
  if ((await livenessOf(identity)) !== 'alive') return
  try {
    process.kill(identity.pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Ends the process at once, if it still is that one. */
export const killProcess = (identity: ProcessIdentity): Promise<void> => signalProcess(identity, 'SIGKILL')

const END_GRACE_MS = 5000
const END_STEP_MS = 50

/** Asks the process to end and waits until it has; one that does not listen is killed. */
export async function endProcess(identity: ProcessIdentity): Promise<void> {
  await signalProcess(identity, 'SIGTERM')
  for (const deadline = Date.now() + END_GRACE_MS; (await livenessOf(identity)) === 'alive'; await sleep(END_STEP_MS)) {
    if (Date.now() > deadline) return killProcess(identity)
  }
}
