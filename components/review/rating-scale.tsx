'use client'
import { useTranslations } from 'next-intl'
import { classNames } from '#components/ui/class-names.ts'
import { Kbd } from '#components/ui/kbd.tsx'
import { Principle, type Ratings } from '#lib/domain/review.ts'

const KEYS: Record<Principle, string> = { helpful: 'h', truthful: 't', harmless: 's' }

type Props = {
  ratings: Ratings
  /** What the person gave last: marked, but not given before the principle's key or the value itself is pressed. */
  usual: Ratings
  active: Principle | null
  onRate: (principle: Principle, value: number | null) => void
}

/** Three scales from 1 to 5; a principle's key, then a digit. */
export function RatingScale({ ratings, usual, active, onRate }: Props) {
  const t = useTranslations('review')
  return (
    <div className="space-y-2">
      {Principle.options.map((principle) => {
        const suggested = principle in ratings ? null : usual[principle]
        return (
          <fieldset key={principle} className={classNames('flex items-center gap-1 rounded px-1 py-0.5', active === principle && 'bg-surface-2')}>
            <legend className="sr-only">{t(`principle.${principle}`)}</legend>
            <span aria-hidden className="min-w-20 flex-1 whitespace-nowrap text-sm xl:max-w-28">
              {t(`principle.${principle}`)} <Kbd keys={KEYS[principle]} />
            </span>
            {[1, 2, 3, 4, 5].map((value) => (
              <button
                key={value}
                type="button"
                aria-pressed={ratings[principle] === value}
                aria-label={t(suggested === value ? 'rateUsual' : 'rate', { principle: t(`principle.${principle}`), value })}
                onClick={() => onRate(principle, value)}
                className={classNames(
                  'size-7 shrink-0 rounded text-sm tabular-nums max-rail:size-8',
                  ratings[principle] === value ? 'bg-accent text-on-accent' : 'hover:bg-surface-2',
                  suggested === value && 'border border-accent border-dashed',
                )}
              >
                {value}
              </button>
            ))}
            <button
              type="button"
              aria-pressed={ratings[principle] === null}
              onClick={() => onRate(principle, null)}
              className={`h-7 whitespace-nowrap rounded px-1.5 text-sm ${ratings[principle] === null ? 'bg-surface-3' : 'text-ink-3 hover:bg-surface-2'}`}
            >
              {t('na')}
            </button>
          </fieldset>
        )
      })}
    </div>
  )
}
