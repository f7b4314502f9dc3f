import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { ERRORS } from '#lib/domain/errors.ts'
import { closeSender } from '#lib/services/queue.ts'
import { ACTS, type By, HAPPENINGS, openWorld, type World } from '../support/acts.ts'
import { INVARIANTS } from '../support/invariants.ts'

afterAll(closeSender)

type Step = { name: string; who: number; pick: number; isSuited: boolean }

const names = [...ACTS, ...HAPPENINGS].map(({ name, weight }) => ({ weight, arbitrary: fc.constant(name) }))
const step: fc.Arbitrary<Step> = fc.record({
  name: fc.oneof(...names),
  who: fc.nat(100),
  pick: fc.nat(100),
  // One step in eight is by anybody, members and strangers.
  isSuited: fc.nat(7).map((n) => n > 0),
})

const REFUSALS = Object.keys(ERRORS).filter((code) => code !== 'internal')

/** Does a step and says whether there was anything to do. Whoever does not belong to the project must have been refused. */
async function take(world: World, { name, who, pick, isSuited }: Step): Promise<boolean> {
  const happening = HAPPENINGS.find((each) => each.name === name)
  if (happening) {
    await happening.happen(world, pick)
    return true
  }
  let acting = world.outsider
  const by: By = (...suited) => {
    const those = world.people.filter(({ person, roles }) => [person.userId, ...roles].some((each) => suited.includes(each)))
    const from = isSuited && those.length > 0 ? those : world.people
    acting = from[who % from.length]?.person ?? world.outsider
    return acting
  }
  const outcome = await ACTS.find((each) => each.name === name)?.act(world, by, pick)
  if (outcome !== undefined && acting === world.outsider) throw new Error(`a stranger could ${name}`)
  return outcome !== undefined
}

test('random operations by random people keep every invariant, one after the other and at once', async () => {
  const done = new Set<string>()
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { minLength: 25, maxLength: 45, size: 'max' }), async (rounds) => {
      const world = await openWorld()
      for (const round of rounds) {
        // The steps of a round run at once.
        const outcomes = await Promise.allSettled(round.map((each) => take(world, each)))
        for (const [index, outcome] of outcomes.entries()) {
          const name = round[index]?.name ?? ''
          if (outcome.status === 'rejected') expect(REFUSALS, `${name}: ${outcome.reason?.stack}`).toContain(outcome.reason.code)
          else if (outcome.value) done.add(name)
        }
      }
      for (const [name, find] of Object.entries(INVARIANTS)) expect(await find(world.projectId), name).toEqual([])
    }),
    { numRuns: 4, endOnFailure: true },
  )
  // Histories in which everybody is refused would prove nothing.
  expect([...done]).toEqual(expect.arrayContaining(['claim', 'submit', 'review']))
}, 240_000)
