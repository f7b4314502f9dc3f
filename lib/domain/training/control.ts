import type { StateOf } from '#lib/domain/machine.ts'

/** What people want of a run; what is observed is brought to it. */
export type Desired = 'run' | 'pause' | 'cancel'
export type RunState = StateOf<'run'>
export type AttemptState = StateOf<'attempt'>

/** What a backend sees of an attempt. `unknown`: this machine cannot tell (the process belongs to another one). */
export type Phase = 'submitted' | 'running' | 'exited' | 'dead' | 'unknown'

export type Seen = {
  phase: Phase
  /** For `exited`: the trainer's exit code, null when a signal ended it. */
  exitCode: number | null
  /** For `exited` with 0: is there a result the trainer vouched for? */
  hasResult: boolean
  /** Is there a complete checkpoint, in this attempt or the one it resumed from? */
  hasCheckpoint: boolean
  /** A stop was asked for long ago and nothing came of it. */
  isStopOverdue?: boolean
}

export const EXIT = { done: 0, stopped: 75, data: 65, config: 78, secondTerm: 143 } as const

/** Attempts that recovery may make on its own, the one people started included. */
export const MAX_ATTEMPTS = 3

export type Decision = {
  attempt: AttemptState | null
  /** `finalize`: the output is to be hashed and registered; only then has the run succeeded. */
  run: 'running' | 'paused' | 'cancelled' | 'failed' | 'queued' | 'finalize' | null
  reason: string | null
}

const NOTHING: Decision = { attempt: null, run: null, reason: null }

/** Died without a word of its own: by a crash of the machine, a kill, the memory killer. */
function afterLoss(desired: Desired, tries: number, hasCheckpoint: boolean, attempt: 'lost' | 'preempted'): Decision {
  if (desired === 'cancel') return { attempt: 'cancelled', run: 'cancelled', reason: 'cancelled' }
  if (desired === 'pause') {
    // A stopping attempt can only end as one that was asked to stop, or be lost.
    return hasCheckpoint
      ? { attempt: 'lost', run: 'paused', reason: 'died-while-stopping' }
      : { attempt: 'lost', run: 'failed', reason: 'died-before-checkpoint' }
  }
  if (tries < MAX_ATTEMPTS) return { attempt, run: 'queued', reason: attempt }
  return { attempt, run: 'failed', reason: 'lost-too-often' }
}

function afterExit(desired: Desired, tries: number, seen: Seen): Decision {
  const { exitCode } = seen
  if (exitCode === EXIT.done && seen.hasResult) return { attempt: 'succeeded', run: 'finalize', reason: null }
  if (desired === 'cancel') return { attempt: 'cancelled', run: 'cancelled', reason: 'cancelled' }
  if (exitCode === EXIT.stopped) {
    if (desired === 'pause') return { attempt: 'paused', run: 'paused', reason: null }
    // Nobody here asked: the machine is shutting down. It goes on by itself.
    return afterLoss(desired, tries, seen.hasCheckpoint, 'preempted')
  }
  if (exitCode === EXIT.done) return { attempt: 'failed', run: 'failed', reason: 'no-result' }
  if (exitCode === null || exitCode === EXIT.secondTerm || exitCode > 128) return afterLoss(desired, tries, seen.hasCheckpoint, 'lost')
  if (exitCode === EXIT.data) return { attempt: 'failed', run: 'failed', reason: 'data' }
  if (exitCode === EXIT.config) return { attempt: 'failed', run: 'failed', reason: 'config' }
  return { attempt: 'failed', run: 'failed', reason: 'crashed' }
}

/**
 * The one decision of reconciliation: what was asked for and what is seen give the next states. Pure, so that every
 * interleaving can be tried. A terminal attempt decides nothing any more, whatever is seen later.
 * @param tries attempts since a person last started or resumed the run, this one included.
 */
export function decide(attempt: AttemptState, desired: Desired, tries: number, seen: Seen): Decision {
  if (!isLive(attempt)) return NOTHING
  switch (seen.phase) {
    case 'unknown':
      // Nobody here can end it; whoever cancels such a run wants it out of the way, not to wait for that machine.
      return desired === 'cancel' && seen.isStopOverdue ? { attempt: 'cancelled', run: 'cancelled', reason: 'cancelled-unseen' } : NOTHING
    case 'submitted':
      return NOTHING
    case 'running':
      return attempt === 'submitted' && desired === 'run' ? { attempt: 'running', run: 'running', reason: null } : NOTHING
    case 'dead':
      return afterLoss(desired, tries, seen.hasCheckpoint, 'lost')
    case 'exited':
      return afterExit(desired, tries, seen)
  }
}

export const isLive = (attempt: AttemptState): boolean => attempt === 'submitted' || attempt === 'running' || attempt === 'stopping'

/** May a person stop it? */
export const canStop = (state: RunState): boolean => ['queued', 'preparing', 'submitted', 'running', 'stopping', 'paused'].includes(state)
/** May a person let it go on? */
export const canResume = (state: RunState): boolean => state === 'paused' || state === 'failed'
/** Nothing runs, and nothing waits to be gone on from. */
export const canRemoveFiles = (state: RunState): boolean => ['succeeded', 'failed', 'cancelled'].includes(state)
/** Does its page need fresh figures? */
export const isMoving = (state: RunState): boolean => ['queued', 'preparing', 'submitted', 'running', 'stopping'].includes(state)
