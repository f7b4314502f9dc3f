'use client'
import { useTranslations } from 'next-intl'
import { Select } from '#components/ui/input.tsx'

const PERIODS_WEEKS = [4, 12, 26, 52] as const

/** How far back figures reach. */
export function PeriodSelect({ weeks, onChange }: { weeks: number; onChange: (weeks: number) => void }) {
  const t = useTranslations('quality')
  return (
    <Select aria-label={t('period')} className="w-44" value={weeks} onChange={(event) => onChange(Number(event.target.value))}>
      {PERIODS_WEEKS.map((count) => (
        <option key={count} value={count}>
          {t('lastWeeks', { count })}
        </option>
      ))}
    </Select>
  )
}
