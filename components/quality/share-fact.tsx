'use client'
import { useFormatter, useTranslations } from 'next-intl'
import { Figure } from '#components/ui/figure.tsx'
import type { api } from '#lib/client/api.ts'

type Share = Awaited<ReturnType<typeof api.getQuality>>['acceptance']

/** A share never stands without its interval and its n: of four conversations nobody learns much. */
export function ShareFact({ name, share }: { name: string; share: Share }) {
  const t = useTranslations('quality')
  const format = useFormatter()
  const percent = (value: number | null) => (value === null ? '–' : format.number(value, { style: 'percent', maximumFractionDigits: 0 }))
  return (
    <Figure name={name} value={percent(share.share)}>
      {share.share === null
        ? t('undecided')
        : t('interval', { low: percent(share.low), high: percent(share.high), count: share.count, total: share.total })}
    </Figure>
  )
}
