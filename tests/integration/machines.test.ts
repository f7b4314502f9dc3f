// The state machines of data and training, by random moves of several at once: the database never holds a state the tables of
// domain/machine.ts do not lead to, every move counts once, and of two who move at once one is told.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { db } from '#lib/db.ts'
import type { Person } from '#lib/domain/actor.ts'
import { MACHINES, type MachineName, mayMove } from '#lib/domain/machine.ts'
import { cancelBuild } from '#lib/services/build.ts'
import { invoke } from '#lib/services/operation.ts'
import { closeSender } from '#lib/services/queue.ts'
import { resumeRun, stopRun } from '#lib/services/run.ts'
import { transact } from '#lib/services/transaction.ts'
import { transition } from '#lib/services/transition.ts'
import { as, buildProject, join } from '../support/world.ts'

afterAll(closeSender)

type Machine = 'snapshot' | 'build' | 'run' | 'attempt'
type Row = { id: string; state: string; version: number }

let engineer: Person
let projectId: string
let modelId: string

beforeAll(async () => {
  projectId = (await buildProject()).id
  engineer = await join(projectId, 'engineer')
  modelId = (await db.model.create({ data: { projectId, kind: 'base', name: 'base', details: {} } })).id
})

/** A fresh row of the machine, in its first state. */
const MAKE: Record<Machine, () => Promise<Row>> = {
  snapshot: () =>
    db.snapshot.create({ data: { projectId, name: crypto.randomUUID(), query: {}, seed: '1', shares: { train: 1, validation: 0, test: 0 } } }),
  build: async () => {
    const snapshot = await MAKE.snapshot()
    return db.build.create({ data: { projectId, snapshotId: snapshot.id, modelId, recipe: {}, recipeHash: 'x' } })
  },
  run: async () => {
    const build = await MAKE.build()
    return db.run.create({ data: { projectId, name: 'r', buildId: build.id, baseModelId: modelId, config: {} } })
  },
  attempt: async () => {
    const run = await MAKE.run()
    return db.attempt.create({ data: { runId: run.id, number: 1 } })
  },
}

const read = (machine: Machine, id: string): Promise<Row> =>
  (db[machine] as unknown as { findUniqueOrThrow(args: object): Promise<Row> }).findUniqueOrThrow({ where: { id } })

const move = (machine: Machine, row: Row, to: string) => transact((tx) => transition(tx, machine, row, to as never))

describe.each(['snapshot', 'build', 'run', 'attempt'] as const)('%s', (machine: MachineName & Machine) => {
  const target = fc.constantFrom(...Object.keys(MACHINES[machine]))

  test('goes only where its table leads, one move at a time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(target, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12 }), async (rounds) => {
        const { id } = await MAKE[machine]()
        for (const targets of rounds) {
          const before = await read(machine, id)
          const outcomes = await Promise.allSettled(targets.map((to) => move(machine, before, to)))
          const after = await read(machine, id)
          const allowed = targets.filter((to) => mayMove(machine, before.state as never, to as never))
          const moved = outcomes.flatMap((outcome, index) => (outcome.status === 'fulfilled' ? [targets[index]] : []))
          // From one version on, exactly one of those that were allowed.
          expect(moved).toHaveLength(Math.min(1, allowed.length))
          expect(after).toMatchObject(moved[0] === undefined ? before : { state: moved[0], version: before.version + 1 })
          for (const [index, outcome] of outcomes.entries()) {
            const code = allowed.includes(targets[index] ?? '') ? 'stale-version' : 'illegal-transition'
            if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code })
          }
        }
      }),
      { numRuns: 12, endOnFailure: true },
    )
  }, 60_000)
})

const step = <T extends string>(...names: T[]) => fc.constantFrom(...names)
const reaches = (machine: Machine, from: string, to: string) => from === to || mayMove(machine, from as never, to as never)

/** What was refused changed nothing; what was done went one move of the table, or stayed. */
async function expectSound(machine: Machine, before: Row, work: Promise<unknown>): Promise<void> {
  const outcome = await work.then(
    () => null,
    (error: unknown) => error,
  )
  const after = await read(machine, before.id)
  if (outcome) {
    expect(outcome).toMatchObject({ code: 'illegal-transition' })
    expect(after).toEqual(before)
  } else expect(reaches(machine, before.state, after.state), `${before.state} → ${after.state}`).toBe(true)
}

test('people cancelling builds while the worker makes them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step('cancel', 'building', 'ready', 'failed', 'queued'), { minLength: 1, maxLength: 10 }), async (acts) => {
      const { id } = await MAKE.build()
      for (const act of acts) {
        const before = await read('build', id)
        const isPerson = act === 'cancel'
        await expectSound('build', before, isPerson ? invoke(cancelBuild, { buildId: id }, as(engineer)) : move('build', before, act))
      }
    }),
    { numRuns: 12, endOnFailure: true },
  )
}, 60_000)

test('people stopping and resuming runs while the worker drives them', async () => {
  const worker = step('queued', 'preparing', 'submitted', 'running', 'stopping', 'paused', 'succeeded', 'failed', 'cancelled')
  const act = fc.oneof({ weight: 1, arbitrary: step('checkpoint', 'cancel', 'resume') }, { weight: 2, arbitrary: worker })
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 14 }), async (acts) => {
      const { id: runId } = await MAKE.run()
      await move('run', await read('run', runId), 'queued')
      for (const act of acts) {
        const before = await read('run', runId)
        const wished = await db.run.findUniqueOrThrow({ where: { id: runId } })
        if (act === 'resume') await expectSound('run', before, invoke(resumeRun, { runId }, as(engineer)))
        else if (act === 'checkpoint' || act === 'cancel') await expectSound('run', before, invoke(stopRun, { runId, mode: act }, as(engineer)))
        else await expectSound('run', before, move('run', before, act))
        const after = await db.run.findUniqueOrThrow({ where: { id: runId } })
        // A cancel is final until a person resumes; a run that ended for good asks for nothing more.
        if (wished.desired === 'cancel' && act !== 'resume') expect(after.desired).toBe('cancel')
        if (act === 'resume' && after.state !== before.state) expect(after).toMatchObject({ desired: 'run', state: 'queued', endedAt: null })
      }
    }),
    { numRuns: 12, endOnFailure: true },
  )
}, 60_000)
