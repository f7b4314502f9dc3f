'use client'
import { useTranslations } from 'next-intl'
import { type KeyboardEvent, useMemo, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { classNames } from '#components/ui/class-names.ts'
import { BLOCK, blocksOf, type Chip, chipsOf, shownWith } from '#lib/domain/sft/chips.ts'
import type { ModelView as View } from '#lib/domain/sft/view.ts'
import { MODES, type Mode, TokenChips, visible } from './token-chips.tsx'

function Facts({ view, chip }: { view: View; chip: Chip | undefined }) {
  const t = useTranslations('builds')
  if (!chip) return <p className="text-ink-3 text-sm">{t('view.hover')}</p>
  const turn = view.turns.find((each) => (view.starts[chip.from] ?? 0) >= each.start && (view.starts[chip.from] ?? 0) < each.end)?.turn ?? -1
  const bytes = Array.from(new TextEncoder().encode(chip.text), (byte) => byte.toString(16).padStart(2, '0')).join(' ')
  return (
    <dl className="flex flex-wrap gap-x-5 text-sm" aria-live="polite">
      {[
        [t('view.place'), chip.from],
        [t('view.id'), view.ids.slice(chip.from, chip.to).join(' ')],
        [t('view.text'), visible(chip.text).trimEnd()],
        [t('view.bytes'), bytes],
        [t('view.turn'), turn < 0 ? t('view.template') : turn + 1],
        [t('view.learnt'), chip.trained ? t('view.yes') : t('view.no')],
      ].map(([name, value]) => (
        <div key={String(name)} className="flex gap-1.5">
          <dt className="text-ink-3">{name}</dt>
          <dd className="break-all font-mono">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

type ToolbarProps = { view: View; mode: Mode; onMode: (mode: Mode) => void }

function Toolbar({ view, mode, onMode }: ToolbarProps) {
  const t = useTranslations('builds')
  return (
    <div className="mb-2 flex flex-wrap items-center gap-x-4 gap-y-2">
      <fieldset className="flex rounded-md border p-0.5">
        <legend className="sr-only">{t('view.mode')}</legend>
        {MODES.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={mode === each}
            onClick={() => onMode(each)}
            className={classNames('rounded px-2 py-0.5 text-sm', mode === each ? 'bg-surface-2 font-medium' : 'text-ink-3')}
          >
            {t(`view.modes.${each}`)}
          </button>
        ))}
      </fieldset>
      <span className="text-ink-3 text-sm tabular-nums">{t('view.count', { tokens: view.ids.length, trained: view.trainedTokens })}</span>
      <span className="flex gap-3 text-sm">
        <span className="token-trained">{t('view.learntLegend')}</span>
        <span className="model-token-control">{t('view.controlLegend')}</span>
      </span>
      <Button size="sm" variant="quiet" onClick={() => void navigator.clipboard.writeText(mode === 'ids' ? view.ids.join(' ') : view.text)}>
        {t('view.copy')}
      </Button>
    </div>
  )
}

/**
 * A conversation as the model sees it: every token, which of them are learnt, and which are control tokens. Arrow keys move. A long
 * one is shown a few thousand tokens at a time: hundreds of thousands at once would stop the browser.
 */
export function ModelView({ view }: { view: View }) {
  const t = useTranslations('builds')
  const [mode, setMode] = useState<Mode>('tokens')
  const [active, setActive] = useState(-1)
  const [grown, setGrown] = useState({ view, count: BLOCK })
  // Another text begins with its first block again.
  const count = grown.view === view ? grown.count : BLOCK
  const chips = useMemo(() => chipsOf(view), [view])
  const blocks = useMemo(() => blocksOf(chips, count), [chips, count])
  const current = chips[active]
  const shownTokens = chips[Math.min(count, chips.length) - 1]?.to ?? 0
  const rest = chips.length - count
  const handleKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined || chips.length === 0) return
    event.preventDefault()
    const next = Math.max(0, Math.min(chips.length - 1, (current ? active : -1) + step))
    setActive(next)
    setGrown({ view, count: shownWith(next, count) })
  }
  return (
    <div>
      <Toolbar view={view} mode={mode} onMode={setMode} />
      <div
        role="application"
        aria-label={t('view.label')}
        tabIndex={0}
        onKeyDown={handleKeyDown}
        className="max-h-[60vh] overflow-auto whitespace-pre-wrap break-words rounded-md bg-surface-1 p-3 font-mono text-sm leading-7"
      >
        {blocks.map((block) => {
          const isHere = active >= block.first && active < block.first + BLOCK
          return <TokenChips key={block.first} block={block} view={view} mode={mode} active={isHere ? active : -1} onFocus={setActive} />
        })}
      </div>
      {rest > 0 && (
        <p className="mt-2 flex flex-wrap items-center gap-3 text-ink-2 text-sm">
          {t('view.shown', { shown: shownTokens, tokens: view.ids.length })}
          <Button size="sm" onClick={() => setGrown({ view, count: count + BLOCK })}>
            {t('view.showMore', { count: Math.min(BLOCK, rest) })}
          </Button>
        </p>
      )}
      <div className="mt-2 min-h-6">
        <Facts view={view} chip={current} />
      </div>
    </div>
  )
}
