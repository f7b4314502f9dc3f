'use client'
import { useFormatter, useTranslations } from 'next-intl'
import type { api } from '#lib/client/api.ts'

type Quality = Awaited<ReturnType<typeof api.getQuality>>

const VERDICTS = ['approve', 'request-changes', 'reject', 'escalate'] as const

/** Standing verdicts by week, the newest first. */
export function Weeks({ weeks }: { weeks: Quality['weeks'] }) {
  const t = useTranslations('quality')
  const format = useFormatter()
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-left">
        <thead className="text-ink-3 text-xs">
          <tr>
            <th className="py-1 font-normal">{t('week')}</th>
            {VERDICTS.map((verdict) => (
              <th key={verdict} className="py-1 pl-4 text-right font-normal">
                {t(`verdict.${verdict}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.toReversed().map((week) => (
            <tr key={week.start} className="border-t">
              <td className="py-1.5">
                {format.dateTime(new Date(week.start), { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })}
              </td>
              {VERDICTS.map((verdict) => (
                <td key={verdict} className="py-1.5 pl-4 text-right tabular-nums">
                  {week.verdicts[verdict] || <span className="text-ink-3">·</span>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
