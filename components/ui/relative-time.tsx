'use client'
import { useFormatter } from 'next-intl'
import { Tooltip } from './tooltip.tsx'
import { useClock } from './use-clock.ts'

/** `2026-11-23 14:03:22 UTC`. */
export const exactUtc = (at: Date): string => `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`

/** When something happened, in words that keep themselves up to date; the tooltip has the exact UTC time. Takes a Date or an ISO string. */
export function RelativeTime({ at, className }: { at: Date | string; className?: string }) {
  const format = useFormatter()
  const now = useClock()
  const date = typeof at === 'string' ? new Date(at) : at
  return (
    <Tooltip label={exactUtc(date)}>
      <time dateTime={date.toISOString()} className={className} suppressHydrationWarning>
        {format.relativeTime(date, date.getTime() > now.getTime() && date.getTime() - now.getTime() < 60_000 ? date : now)}
      </time>
    </Tooltip>
  )
}
