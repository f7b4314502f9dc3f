'use client'
import { useTranslations } from 'next-intl'
import { Kbd } from '#components/ui/kbd.tsx'
import { Principle, type Ratings } from '#lib/domain/review.ts'

const KEYS: Record<Principle, string> = { helpful: 'h', truthful: 't', harmless: 's' }

/** Three scales from 1 to 5; a principle's key, then a digit. */
export function RatingScale({
  ratings,
  active,
  onRate,
}: {
  ratings: Ratings
  active: Principle | null
  onRate: (principle: Principle, value: number | null) => void
}) {
  const t = useTranslations('review')
  return (
    <div className="space-y-2">
      {Principle.options.map((principle) => (
        <fieldset key={principle} className={`flex items-center gap-1 rounded px-1 py-0.5 ${active === principle ? 'bg-surface-2' : ''}`}>
          <legend className="sr-only">{t(`principle.${principle}`)}</legend>
          <span aria-hidden className="w-28 text-sm">
            {t(`principle.${principle}`)} <Kbd keys={KEYS[principle]} />
          </span>
          {[1, 2, 3, 4, 5].map((value) => (
            <button
              key={value}
              type="button"
              aria-pressed={ratings[principle] === value}
              aria-label={t('rate', { principle: t(`principle.${principle}`), value })}
              onClick={() => onRate(principle, value)}
              className={`size-7 rounded text-sm tabular-nums ${ratings[principle] === value ? 'bg-accent text-on-accent' : 'hover:bg-surface-2'}`}
            >
              {value}
            </button>
          ))}
          <button
            type="button"
            aria-pressed={ratings[principle] === null}
            onClick={() => onRate(principle, null)}
            className={`h-7 rounded px-1.5 text-sm ${ratings[principle] === null ? 'bg-surface-3' : 'text-ink-3 hover:bg-surface-2'}`}
          >
            {t('na')}
          </button>
        </fieldset>
      ))}
    </div>
  )
}
