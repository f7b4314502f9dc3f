'use client'
import { useTranslations } from 'next-intl'
import { StatePill, type Tone } from '#components/ui/state-pill.tsx'
import type { MachineName } from '#lib/domain/machine.ts'

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
/** States in which a machine works by itself. */
const ACTIVE = new Set(['freezing', 'building', 'preparing', 'running', 'stopping'])

/** The state of any row that has one, with its name in the reader's language. */
export function MachineState({ machine, state, className }: { machine: MachineName; state: string; className?: string }) {
  const t = useTranslations('states')
  return (
    <StatePill tone={TONES[state] ?? 'neutral'} active={ACTIVE.has(state)} {...(className ? { className } : {})}>
      {t(`${machine}.${state}`)}
    </StatePill>
  )
}
