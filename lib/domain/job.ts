import { z } from 'zod'

/**
 * What every job is told besides its subject: the id of the request that asked for it, so that its log lines and audit events
 * are found with that request's. Jobs that wait since an older version know none.
 */
const told = <S extends z.ZodRawShape>(shape: S) => z.strictObject({ ...shape, requestId: z.string().max(128).default('unknown') })

type Job = {
  data: z.ZodType
  /**
   * `exclusive`: one job of a key waits or runs, another is dropped. `stately`: one waits while one runs, so that a job can
   * arm its successor.
   */
  policy: 'exclusive' | 'stately'
  retryLimit: number
  /** Without a sign of life for so long the job is taken to be dead and given to another worker. */
  heartbeatSeconds: number
  expireInSeconds: number
  /** Jobs of this name that one worker runs at once. */
  concurrency: number
}

const HOUR = 3600
const short = { retryLimit: 5, heartbeatSeconds: 30, expireInSeconds: 300, concurrency: 2 } as const
const long = { retryLimit: 3, heartbeatSeconds: 30, expireInSeconds: 24 * HOUR, concurrency: 1 } as const

/** Every background job: what it is told, and how it is queued and repeated. All of them may run twice without harm. */
export const JOBS = {
  'snapshot.freeze': { ...long, data: told({ snapshotId: z.uuid() }), policy: 'exclusive' },
  'build.run': { ...long, data: told({ buildId: z.uuid() }), policy: 'exclusive' },
  'trainer.prepare': { ...long, data: told({}), policy: 'exclusive' },
  'run.submit': { ...short, data: told({ runId: z.uuid() }), policy: 'stately' },
  'run.reconcile': { ...short, data: told({ runId: z.uuid() }), policy: 'stately' },
  'run.finalize': { ...long, data: told({ runId: z.uuid() }), policy: 'exclusive' },
} as const satisfies Record<string, Job>

export type JobName = keyof typeof JOBS
export type JobData<N extends JobName> = z.infer<(typeof JOBS)[N]['data']>
/** What a job is about; the request id is added where it is sent. */
export type JobSubject<N extends JobName> = Omit<JobData<N>, 'requestId'>
