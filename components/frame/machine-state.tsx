'use client'
import { useTranslations } from 'next-intl'
import { StatePill, type Tone } from '#components/ui/state-pill.tsx'
import type { MachineName, StateOf } from '#lib/domain/machine.ts'

const TONES: Record<string, Tone> = {
  approved: 'approved',
  frozen: 'approved',
  ready: 'approved',
  succeeded: 'approved',
  finished: 'approved',
  'changes-requested': 'changes',
  paused: 'changes',
  preempted: 'changes',
  stale: 'changes',
  rejected: 'rejected',
  failed: 'rejected',
  lost: 'rejected',
  interrupted: 'rejected',
  escalated: 'escalated',
  submitted: 'accent',
  freezing: 'accent',
  building: 'accent',
  preparing: 'accent',
  running: 'accent',
  stopping: 'accent',
  leased: 'accent',
}
type Of<M extends MachineName> = { machine: M; state: StateOf<M> }
/** A machine with a state of its own. */
type AnyState = { [M in MachineName]: Of<M> }[MachineName]
type StateKey = { [M in MachineName]: `${M}.${StateOf<M>}` }[MachineName]

/** States in which a machine works by itself. */
const ACTIVE = new Set(['freezing', 'building', 'preparing', 'running', 'stopping'])

/** The state of any row that has one, with its name in the reader's language. */
export function MachineState({ machine, state, className }: AnyState & { className?: string }) {
  const t = useTranslations('states')
  return (
    <StatePill tone={TONES[state] ?? 'neutral'} active={ACTIVE.has(state)} {...(className ? { className } : {})}>
      {/* The compiler forgets that the two belong together. */}
      {t(`${machine}.${state}` as StateKey)}
    </StatePill>
  )
}
