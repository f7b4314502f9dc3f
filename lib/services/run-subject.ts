import { refuse } from '#lib/domain/errors.ts'
import type { AttemptState, Desired, RunState } from '#lib/domain/training/control.ts'
import type { Tx } from './operation.ts'

/** The run, locked against the worker when `lock` is set, so that what people ask for and what is observed take turns. */
export async function runSubject(tx: Tx, runId: string, { lock = false } = {}) {
  if (lock) await tx.$queryRaw`SELECT 1 FROM "run" WHERE id = ${runId}::uuid FOR UPDATE`
  const run = await tx.run.findUnique({ where: { id: runId } })
  return run && { ...run, state: run.state as RunState, desired: run.desired as Desired }
}
export type RunSubject = NonNullable<Awaited<ReturnType<typeof runSubject>>>

/** The newest attempt of a run; null before the first. */
export async function latestAttempt(tx: Tx, runId: string) {
  const attempt = await tx.attempt.findFirst({ where: { runId }, orderBy: { number: 'desc' } })
  return attempt && { ...attempt, state: attempt.state as AttemptState }
}
export type AttemptRow = NonNullable<Awaited<ReturnType<typeof latestAttempt>>>

/** Attempts since a person last started or resumed the run, the newest included: what recovery has used up. */
export async function triesSincePerson(tx: Tx, runId: string): Promise<number> {
  const attempts = await tx.attempt.findMany({ where: { runId }, orderBy: { number: 'desc' }, select: { origin: true }, take: 20 })
  const asked = attempts.findIndex((attempt) => attempt.origin !== 'recovery')
  return asked < 0 ? attempts.length : asked + 1
}

/** The ready build with its model, in the project. @throws Refusal not-found, build-not-ready */
export async function readyBuild(tx: Tx, projectId: string, buildId: string) {
  const build = await tx.build.findFirst({ where: { id: buildId, projectId }, include: { files: true } })
  if (!build) return refuse('not-found', 'There is no such build in this project.')
  if (build.state !== 'ready')
    return refuse('build-not-ready', `The build is ${build.state}. Wait until it is ready, or choose another.`, { state: build.state })
  return build
}
export type ReadyBuild = Awaited<ReturnType<typeof readyBuild>>

/** A model this project may use: its own, or one of the whole instance. @throws Refusal not-found */
export async function usableModel(tx: Tx, projectId: string, modelId: string) {
  const model = await tx.model.findFirst({ where: { id: modelId, OR: [{ projectId }, { projectId: null }] } })
  return model ?? refuse('not-found', 'There is no such model in this project.')
}
