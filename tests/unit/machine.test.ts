import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isTerminal, MACHINES, type MachineName, mayMove } from '#lib/domain/machine.ts'
import { stateSchema } from '#lib/domain/state-schema.ts'

const START: Record<MachineName, string> = {
  prompt: 'open',
  promptImport: 'running',
  assignment: 'leased',
  conversation: 'draft',
  snapshot: 'freezing',
  build: 'queued',
  run: 'draft',
  attempt: 'submitted',
}
/** All migrations in the order they are applied. */
const folder = new URL('../../prisma/migrations/', import.meta.url)
const migrations = readdirSync(folder)
  .filter((name) => /^\d/.test(name))
  .sort()
  .map((name) => readFileSync(new URL(`${name}/migration.sql`, folder), 'utf8'))
  .join('\n')

const machines = Object.keys(MACHINES) as MachineName[]
const table = (machine: MachineName) => MACHINES[machine] as Record<string, readonly string[]>

describe.each(machines)('the %s machine', (machine) => {
  test('names only states it has', () => {
    for (const next of Object.values(table(machine))) for (const state of next) expect(table(machine)).toHaveProperty(state)
  })

  test('reaches every state from its start', () => {
    const seen = new Set([START[machine]])
    for (const state of seen) for (const next of table(machine)[state] ?? []) seen.add(next)
    expect([...seen].sort()).toEqual(Object.keys(table(machine)).sort())
  })

  test('never moves out of a terminal state, nor to where it is', () => {
    const states = fc.constantFrom(...Object.keys(table(machine)))
    fc.assert(
      fc.property(states, states, (from, to) => {
        const moves = mayMove(machine, from as never, to as never)
        if (isTerminal(machine, from as never)) expect(moves).toBe(false)
        if (from === to) expect(moves).toBe(false)
      }),
    )
  })

  test('gives its states to the schema that operations check with', () => {
    expect([...stateSchema(machine).options].sort()).toEqual(Object.keys(table(machine)).sort())
  })

  test('has the same states as the database’s CHECK constraint', () => {
    const lists = [...migrations.matchAll(new RegExp(`CONSTRAINT ${machine}_state CHECK \\(state IN \\(([^)]*)\\)`, 'g'))]
    // A later migration puts its list in the place of an earlier one.
    const list = lists.at(-1)?.[1] ?? ''
    expect(
      list
        .split(',')
        .map((word) => word.trim().slice(1, -1))
        .sort(),
    ).toEqual(Object.keys(table(machine)).sort())
  })
})
