import { ensureDemoBuild } from '#lib/services/demo-build.ts'
import { beat } from '#lib/services/heartbeat.ts'
import { deleteLapsed, expireLeases } from '#lib/services/lease.ts'
import { signUnsigned } from '#lib/services/near-duplicate.ts'
import { prune } from '#lib/services/prune.ts'
import { sweepRuns } from '#lib/services/run-finalize.ts'
import { sweepUnfinished } from '#lib/services/unfinished.ts'

export type WorkerIdentity = Parameters<typeof beat>[0]

/** What the worker does at its start and again after so many seconds, besides the jobs of jobs.ts. */
export const REPEATED: Record<string, { seconds: number; work: (worker: WorkerIdentity) => Promise<unknown> }> = {
  heartbeat: { seconds: 5, work: beat },
  leases: { seconds: 5, work: () => expireLeases() },
  signatures: { seconds: 5, work: () => signUnsigned() },
  demo: { seconds: 15, work: ensureDemoBuild },
  runs: { seconds: 30, work: sweepRuns },
  unfinished: { seconds: 30, work: sweepUnfinished },
  lapsed: { seconds: 3600, work: () => deleteLapsed() },
  prune: { seconds: 3600, work: () => prune() },
}
