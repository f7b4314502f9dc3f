import { refuse } from '#lib/domain/errors.ts'
import type { MachineName, StateOf } from '#lib/domain/machine.ts'
import { mayMove } from '#lib/domain/machine.ts'
import type { Tx } from './operation.ts'

type Row<M extends MachineName> = { id: string; state: StateOf<M> | string; version: number }

/** The one delegate method used here; Prisma's own types differ per model and have no common form. */
type Delegate = { updateMany(args: { where: Record<string, unknown>; data: Record<string, unknown> }): Promise<{ count: number }> }

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
  const delegate = tx[machine] as unknown as Delegate
  const { count } = await delegate.updateMany({
    where: { id: row.id, state: from, version: row.version },
    data: { ...patch, state: to, version: { increment: 1 } },
  })
  if (count !== 1) refuse('stale-version', 'Somebody changed it a moment ago. Reload and decide again.', { machine, id: row.id })
}
