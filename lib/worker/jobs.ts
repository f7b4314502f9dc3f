import { JOBS, type JobData, type JobName } from '#lib/domain/job.ts'
import { log } from '#lib/log.ts'
import { withRequestId } from '#lib/request-id.ts'
import { runBuild } from '#lib/services/build-run.ts'
import { submitRun } from '#lib/services/run-attempt.ts'
import { finalizeRun } from '#lib/services/run-finalize.ts'
import { reconcileRun } from '#lib/services/run-reconcile.ts'
import { runFreeze } from '#lib/services/snapshot-freeze.ts'
import { prepareTrainer } from '#lib/services/trainer-environment.ts'

/** What each job of lib/domain/job.ts does. */
const HANDLERS: { [N in JobName]: (data: JobData<N>, signal: AbortSignal) => Promise<void> } = {
  'snapshot.freeze': runFreeze,
  'build.run': runBuild,
  'trainer.prepare': prepareTrainer,
  'run.submit': submitRun,
  'run.reconcile': reconcileRun,
  'run.finalize': finalizeRun,
}

/** Does one job, under the id of the request that asked for it: its log lines and audit events carry that. */
export async function perform<N extends JobName>(name: N, { id, data }: { id: string; data: unknown }, signal: AbortSignal): Promise<void> {
  const told = JOBS[name].data.parse(data) as JobData<N>
  await withRequestId(told.requestId, async () => {
    const started = performance.now()
    try {
      await HANDLERS[name](told, signal)
      log.debug({ job: name, id, data: told, milliseconds: Math.round(performance.now() - started) }, 'job done')
    } catch (error) {
      log.error({ err: error, job: name, id, data: told }, 'job failed')
      throw error
    }
  })
}
