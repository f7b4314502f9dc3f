import { refuse } from '#lib/domain/errors.ts'
import type { MachineName, StateOf } from '#lib/domain/machine.ts'
import { mayMove } from '#lib/domain/machine.ts'
import { Prisma } from '#lib/generated/prisma/client.ts'
import type { Tx } from './operation.ts'

type Row<M extends MachineName> = { id: string; state: StateOf<M> | string; version: number }

/** `prompt_import` for the machine `promptImport`, as base.prisma maps every model. */
const tableOf = (machine: string) => Prisma.raw(`"${machine.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}"`)

/** `"endedAt" = …`, for the columns that were given something. Their names are written in our code, never sent by anybody. */
const assignments = (patch: Record<string, unknown>) =>
  Object.entries(patch).flatMap(([column, value]) => (value === undefined ? [] : [Prisma.sql`${Prisma.raw(`"${column}"`)} = ${value}`]))

/**
 * Moves a row of a machine to another state; nothing else does. Compare-and-set on state and version, so that of
 * two who decide at once one wins and the other is told.
 * @throws Refusal `illegal-transition` when the table in domain/machine.ts has no such move, `stale-version` when the row changed.
 */
export async function transition<M extends MachineName>(
  tx: Tx,
  machine: M,
  row: Row<M>,
  to: StateOf<M>,
  patch: Record<string, unknown> = {},
): Promise<void> {
  const from = row.state as StateOf<M>
  if (!mayMove(machine, from, to)) {
    refuse('illegal-transition', `It is ${from} and cannot become ${to}.`, { machine, from, to })
  }
  const changes = Prisma.join([...assignments({ ...patch, state: to }), Prisma.sql`version = version + 1`])
  const count = await tx.$executeRaw`
    UPDATE ${tableOf(machine)} SET ${changes} WHERE id = ${row.id}::uuid AND state = ${from} AND version = ${row.version}`
  if (count !== 1) refuse('stale-version', 'Somebody changed it a moment ago. Reload and decide again.', { machine, id: row.id })
}
