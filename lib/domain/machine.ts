/**
 * The states of every noun that has them and the moves between them. Whoever moves a row does it through
 * `lib/services/transition.ts`, which obeys these tables; the database's CHECK constraints name the same states.
 */
export const MACHINES = {
  prompt: {
    open: ['held', 'closed', 'withdrawn'],
    held: ['open', 'withdrawn'],
    closed: ['open'],
    withdrawn: [],
  },
  promptImport: {
    running: ['finished', 'interrupted'],
    // Its process was silent for so long that it was taken for dead, and came to its end after all.
    interrupted: ['finished'],
    finished: [],
  },
  assignment: {
    leased: ['done', 'skipped', 'released', 'expired'],
    // The work of an expired lease is still taken when it comes late.
    expired: ['done'],
    done: [],
    skipped: [],
    released: [],
  },
  conversation: {
    draft: ['submitted', 'withdrawn'],
    submitted: ['approved', 'changes-requested', 'rejected', 'escalated', 'withdrawn'],
    'changes-requested': ['draft', 'submitted', 'withdrawn'],
    escalated: ['approved', 'rejected', 'submitted', 'withdrawn'],
    // Back to submitted, or to escalated where it was adjudicated: the verdict is withdrawn before anybody built on it.
    approved: ['superseded', 'stale', 'withdrawn', 'submitted', 'escalated'],
    rejected: ['submitted', 'escalated'],
    stale: ['submitted', 'withdrawn'],
    superseded: [],
    withdrawn: [],
  },
  snapshot: {
    freezing: ['frozen', 'failed'],
    frozen: [],
    failed: [],
  },
  build: {
    queued: ['building', 'failed', 'cancelled'],
    // Back to queued: the worker died; the build starts over and gives the same bytes.
    building: ['ready', 'failed', 'cancelled', 'queued'],
    ready: [],
    failed: [],
    cancelled: [],
  },
  run: {
    draft: ['queued', 'cancelled'],
    queued: ['preparing', 'paused', 'cancelled', 'failed'],
    preparing: ['submitted', 'paused', 'failed', 'cancelled'],
    submitted: ['running', 'stopping', 'succeeded', 'failed', 'cancelled', 'paused', 'queued'],
    running: ['stopping', 'succeeded', 'failed', 'cancelled', 'paused', 'queued'],
    stopping: ['paused', 'cancelled', 'succeeded', 'failed'],
    paused: ['queued', 'cancelled'],
    succeeded: [],
    failed: ['queued'],
    cancelled: [],
  },
  attempt: {
    submitted: ['running', 'stopping', 'succeeded', 'failed', 'cancelled', 'paused', 'lost', 'preempted'],
    running: ['stopping', 'succeeded', 'failed', 'cancelled', 'paused', 'lost', 'preempted'],
    stopping: ['paused', 'cancelled', 'succeeded', 'failed', 'lost'],
    succeeded: [],
    failed: [],
    cancelled: [],
    paused: [],
    lost: [],
    preempted: [],
  },
} as const satisfies Record<string, Record<string, readonly string[]>>

export type MachineName = keyof typeof MACHINES
export type StateOf<M extends MachineName> = keyof (typeof MACHINES)[M] & string

/** May `from` become `to`? */
export function mayMove<M extends MachineName>(machine: M, from: StateOf<M>, to: StateOf<M>): boolean {
  const next: readonly string[] | undefined = (MACHINES[machine] as Record<string, readonly string[]>)[from]
  return next?.includes(to) ?? false
}

/** States without an exit. */
export function isTerminal<M extends MachineName>(machine: M, state: StateOf<M>): boolean {
  return (MACHINES[machine] as Record<string, readonly string[]>)[state]?.length === 0
}
