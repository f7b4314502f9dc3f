'use client'
import { useTranslations } from 'next-intl'
import { useEffect, useState } from 'react'
import { TRAINER_PHASES } from '#lib/domain/training/event.ts'
import { clock, phaseOf } from '#lib/domain/training/progress.ts'
import type { Run } from './use-run.ts'

const TICK_MS = 1000

/** Words for what the trainer is busy with; a phase of a later version is called work. */
export function usePhase(): (name: unknown) => string {
  const t = useTranslations('runs')
  return (name) => t(`phase.${TRAINER_PHASES.find((each) => each === name) ?? 'working'}`)
}

/** Seconds since a time; null until the page runs, for the server's clock is another. */
function useSecondsSince(since: string | null): number | null {
  const [now, setNow] = useState<number | null>(null)
  useEffect(() => {
    if (since === null) return
    const tick = () => setNow(Date.now())
    tick()
    const timer = setInterval(tick, TICK_MS)
    return () => clearInterval(timer)
  }, [since])
  return since === null || now === null ? null : Math.max(0, (now - Date.parse(since)) / 1000)
}

/** What takes time now, and how long it has: while a model loads or the first step goes on nothing else moves. */
export function RunPhase({ run }: { run: Run }) {
  const t = useTranslations('runs')
  const current = phaseOf(run)
  const seconds = useSecondsSince(current?.since ?? null)
  if (!current) return null
  return (
    <p className="mb-2 flex flex-wrap gap-x-3 text-ink-2" data-phase={current.name}>
      <span role="status">{t(`phase.${current.name}`)}</span>
      {seconds !== null && <span className="tabular-nums">{clock(seconds)}</span>}
    </p>
  )
}
