'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { useCommands } from '#components/ui/shortcuts.tsx'
import type { Principle, Ratings } from '#lib/domain/review.ts'
import type { Revision } from './review-page.tsx'

const PRINCIPLE_KEYS = { h: 'helpful', t: 'truthful', s: 'harmless' } as const satisfies Record<string, Principle>
const VALUES = [1, 2, 3, 4, 5] as const

/** Rating by keys: a principle, then its value. A principle not rated yet takes its usual value by its key alone: seen, then given. */
export function useRatingKeys(ratings: Ratings, usual: Ratings, onRate: (principle: Principle, value: number | null) => void) {
  const t = useTranslations('review')
  const [active, setActive] = useState<Principle | null>(null)
  const rate = (value: number | null) => active && onRate(active, value)
  const choose = (principle: Principle) => {
    setActive(principle)
    const value = usual[principle]
    if (value && !(principle in ratings)) onRate(principle, value)
  }
  useCommands([
    ...Object.entries(PRINCIPLE_KEYS).map(([keys, principle]) => ({
      id: `rate-${principle}`,
      title: t('rateBy', { principle: t(`principle.${principle}`) }),
      keys,
      run: () => choose(principle),
    })),
    ...VALUES.map((value) => ({ id: `value-${value}`, title: t('giveValue', { value }), keys: String(value), run: () => rate(value), hidden: true })),
    { id: 'na', title: t('notApplicable'), keys: 'n', run: () => rate(null) },
  ])
  return active
}

/** The message one reads, stepped through by keys. */
export function useActiveMessage(revision: Revision) {
  const t = useTranslations('review')
  const [active, setActive] = useState<string | null>(null)
  const step = (by: number) => {
    const ids = revision.messages.map((message) => message.id)
    const next = ids[Math.max(0, Math.min(ids.length - 1, ids.indexOf(active ?? '') + by))]
    if (!next) return
    setActive(next)
    document.querySelector(`[data-message="${CSS.escape(next)}"]`)?.scrollIntoView({ block: 'start' })
  }
  useCommands([
    { id: 'next', title: t('nextMessage'), keys: 'j', run: () => step(1), repeats: true },
    { id: 'previous', title: t('previousMessage'), keys: 'k', run: () => step(-1), repeats: true },
  ])
  return active
}
