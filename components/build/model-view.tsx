'use client'
import { useTranslations } from 'next-intl'
import { type KeyboardEvent, memo, useMemo, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { classNames } from '#components/ui/class-names.ts'
import type { ModelView as View } from '#lib/domain/sft/view.ts'
import './model-view.css'

const MODES = ['text', 'tokens', 'ids', 'labels'] as const
type Mode = (typeof MODES)[number]

/** A run of tokens that share a character, or one token: what can be shown as one chip. */
type Chip = { from: number; to: number; text: string; trained: boolean; control: boolean }

function chipsOf(view: View): Chip[] {
  const controls = new Set(view.controls)
  const chips: Chip[] = []
  for (let at = 0; at < view.ids.length; ) {
    let to = at + 1
    let end = view.ends[at] ?? 0
    // Bytes of one character come as several tokens with one span.
    while (to < view.ids.length && (view.starts[to] ?? 0) < end) end = Math.max(end, view.ends[to++] ?? end)
    chips.push({ from: at, to, text: view.text.slice(view.starts[at], end), trained: view.trained[at] ?? false, control: controls.has(at) })
    at = to
  }
  return chips
}

/** Whitespace made visible, byte-true: nothing the model sees is invisible. */
const visible = (text: string): string => text.replaceAll(' ', '·').replaceAll('\r', '␍').replaceAll('\n', '⏎\n').replaceAll('\t', '⇥')

const TokenChip = memo(function TokenChip({
  chip,
  view,
  mode,
  isActive,
  onFocus,
}: {
  chip: Chip
  view: View
  mode: Mode
  isActive: boolean
  onFocus: (at: number) => void
}) {
  const ids = view.ids.slice(chip.from, chip.to)
  const shown = {
    text: chip.text,
    tokens: visible(chip.text),
    ids: `${ids.join(' ')} `,
    labels: `${chip.trained ? ids.join(' ') : ids.map(() => '−100').join(' ')} `,
  }[mode]
  return (
    <span
      data-token={chip.from}
      onPointerEnter={() => onFocus(chip.from)}
      className={classNames(
        'model-token',
        mode !== 'text' && 'model-token-chip',
        chip.trained && 'token-trained',
        chip.control && 'model-token-control',
        isActive && 'model-token-active',
      )}
    >
      {shown}
    </span>
  )
})

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

/** A conversation as the model sees it: every token, which of them are learnt, and which are control tokens. Arrow keys move. */
export function ModelView({ view }: { view: View }) {
  const t = useTranslations('builds')
  const [mode, setMode] = useState<Mode>('tokens')
  const [active, setActive] = useState(-1)
  const chips = useMemo(() => chipsOf(view), [view])
  const current = chips.find((chip) => active >= chip.from && active < chip.to)
  const handleKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const at = current ? chips.indexOf(current) : -1
    const next = chips[Math.max(0, Math.min(chips.length - 1, at + step))]
    if (next) setActive(next.from)
  }
  return (
    <div>
      <div className="mb-2 flex flex-wrap items-center gap-x-4 gap-y-2">
        <fieldset className="flex rounded-md border p-0.5">
          <legend className="sr-only">{t('view.mode')}</legend>
          {MODES.map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={mode === each}
              onClick={() => setMode(each)}
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
      <div
        role="application"
        aria-label={t('view.label')}
        tabIndex={0}
        onKeyDown={handleKeyDown}
        className="max-h-[60vh] overflow-auto whitespace-pre-wrap break-words rounded-md bg-surface-1 p-3 font-mono text-sm leading-7"
      >
        {chips.map((chip) => (
          <TokenChip key={chip.from} chip={chip} view={view} mode={mode} isActive={chip === current} onFocus={setActive} />
        ))}
      </div>
      <div className="mt-2 min-h-6">
        <Facts view={view} chip={current} />
      </div>
    </div>
  )
}
