import type { JobData, JobName } from '#lib/domain/job.ts'
import { runBuild } from '#lib/services/build-run.ts'
import { submitRun } from '#lib/services/run-attempt.ts'
import { finalizeRun } from '#lib/services/run-finalize.ts'
import { reconcileRun } from '#lib/services/run-reconcile.ts'
import { runFreeze } from '#lib/services/snapshot-freeze.ts'
import { prepareTrainer } from '#lib/services/trainer-environment.ts'

/** What each job of lib/domain/job.ts does. */
export const HANDLERS: { [N in JobName]: (data: JobData<N>, signal: AbortSignal) => Promise<void> } = {
  'snapshot.freeze': runFreeze,
  'build.run': runBuild,
  'trainer.prepare': prepareTrainer,
  'run.submit': submitRun,
  'run.reconcile': reconcileRun,
  'run.finalize': finalizeRun,
}
