'use client'
import { memo } from 'react'
import { classNames } from '#components/ui/class-names.ts'
import type { Block, Chip } from '#lib/domain/sft/chips.ts'
import type { ModelView } from '#lib/domain/sft/view.ts'
import './model-view.css'

export const MODES = ['text', 'tokens', 'ids', 'labels'] as const
export type Mode = (typeof MODES)[number]

/** Whitespace made visible, byte-true: nothing the model sees is invisible. */
export const visible = (text: string): string => text.replaceAll(' ', '·').replaceAll('\r', '␍').replaceAll('\n', '⏎\n').replaceAll('\t', '⇥')

type ChipProps = { chip: Chip; at: number; view: ModelView; mode: Mode; isActive: boolean; onFocus: (at: number) => void }

const TokenChip = memo(function TokenChip({ chip, at, view, mode, isActive, onFocus }: ChipProps) {
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
      onPointerEnter={() => onFocus(at)}
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

type Props = { block: Block; view: ModelView; mode: Mode; onFocus: (at: number) => void } & {
  /** The place of the active chip when it is one of these, else -1: the pointer in one block leaves the others as they are. */
  active: number
}

/** Some thousands of chips one after the other. */
export const TokenChips = memo(function TokenChips({ block, view, mode, active, onFocus }: Props) {
  return block.chips.map((chip, index) => {
    const at = block.first + index
    return <TokenChip key={chip.from} chip={chip} at={at} view={view} mode={mode} isActive={at === active} onFocus={onFocus} />
  })
})
