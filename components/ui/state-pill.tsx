import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

const TONES = {
  neutral: 'text-ink-2 before:bg-ink-3',
  accent: 'text-accent before:bg-accent',
  approved: 'text-approved before:bg-approved',
  changes: 'text-changes before:bg-changes',
  rejected: 'text-rejected before:bg-rejected',
  escalated: 'text-escalated before:bg-escalated',
} as const
export type Tone = keyof typeof TONES

/** A state: a dot with its name. `active` breathes while work goes on. */
export function StatePill({
  tone = 'neutral',
  active,
  children,
  className,
}: {
  tone?: Tone
  active?: boolean
  children: ReactNode
  className?: string
}) {
  return (
    <span
      className={classNames(
        // No flex box: its first item, the dot, would set the baseline and push the name below the text beside it.
        'inline-block whitespace-nowrap text-sm before:mr-1.5 before:inline-block before:size-1.5 before:rounded-full before:align-middle',
        TONES[tone],
        active && 'before:animate-breathe',
        className,
      )}
    >
      {children}
    </span>
  )
}

const SOFT = {
  neutral: 'bg-surface-2 text-ink-2',
  accent: 'bg-accent-soft text-accent',
  approved: 'bg-approved-soft text-approved',
  changes: 'bg-changes-soft text-changes',
  rejected: 'bg-rejected-soft text-rejected',
  escalated: 'bg-escalated-soft text-escalated',
} as const

/** A short label on a soft ground, for a property that is no state (a level, a language, a role). Sparingly. */
export function Badge({ tone = 'neutral', children, className }: { tone?: Tone; children: ReactNode; className?: string }) {
  return (
    <span className={classNames('inline-flex items-center whitespace-nowrap rounded-sm px-1.5 text-xs leading-5', SOFT[tone], className)}>
      {children}
    </span>
  )
}
