'use client'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import type { SaveState } from '#lib/client/draft-state.ts'
import type { Choice, Collision } from '#lib/domain/draft-merge.ts'

const textOf = (side: Collision['mine']): string =>
  side === null ? '' : 'content' in side ? side.content : `${side.name}\n${side.description}\n${side.parameters}`

/** Texts that both sides changed, side by side: each is chosen, or both are kept. Neither is ever dropped by itself. */
export function ConflictPanel({
  state,
  onResolve,
}: {
  state: Extract<SaveState, { kind: 'conflict' }>
  onResolve: (choices: Map<string, Choice>) => void
}) {
  const t = useTranslations('write')
  const [choices, setChoices] = useState(new Map<string, Choice>())
  const isComplete = state.collisions.every((collision) => choices.has(collision.key))
  return (
    <section role="alertdialog" aria-label={t('editedElsewhere')} className="mb-6 rounded-lg border border-changes p-4">
      <h2 className="font-semibold">{t('editedElsewhere')}</h2>
      <p className="mb-3 text-ink-2">{t('conflictHint')}</p>
      {state.collisions.map((collision) => (
        <div key={collision.key} className="mb-4 grid grid-cols-1 gap-3 md:grid-cols-2">
          {(['mine', 'theirs'] as const).map((side) => (
            <label key={side} className="block cursor-pointer rounded-md border p-3 has-checked:border-accent">
              <span className="mb-1 flex items-center gap-2 font-medium text-sm">
                <input
                  type="radio"
                  name={collision.key}
                  checked={choices.get(collision.key) === side}
                  onChange={() => setChoices(new Map(choices).set(collision.key, side))}
                />
                {t(side)}
              </span>
              <span className="block max-h-60 overflow-auto whitespace-pre-wrap text-sm">
                {collision[side] === null ? t('deleted') : textOf(collision[side])}
              </span>
            </label>
          ))}
          <label className="flex items-center gap-2 text-sm">
            <input
              type="radio"
              name={collision.key}
              checked={choices.get(collision.key) === 'both'}
              onChange={() => setChoices(new Map(choices).set(collision.key, 'both'))}
            />
            {t('keepBoth')}
          </label>
        </div>
      ))}
      <Button variant="primary" disabled={!isComplete} onClick={() => onResolve(choices)}>
        {t('merge')}
      </Button>
    </section>
  )
}
