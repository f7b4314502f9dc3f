'use client'
import { useTranslations } from 'next-intl'
import { memo, type ReactNode, useMemo } from 'react'
import { Button } from '#components/ui/button.tsx'
import type { RemarkPlace } from '#lib/domain/remark-place.ts'
import { diffText } from '#lib/domain/text-diff.ts'
import { DiffText } from './word-diff.tsx'

type Props = {
  /** What it would replace; empty where it is about a whole message or conversation. */
  passage: string
  text: string
  /** What became of it, or can be done with it. */
  children?: ReactNode
}

/** A text a reviewer suggests, told as such, with what it changes about the passage. */
export const Suggestion = memo(function Suggestion({ passage, text, children }: Props) {
  const t = useTranslations('review')
  const parts = useMemo(() => (passage ? diffText(passage, text) : [{ kind: 'same' as const, text }]), [passage, text])
  return (
    <figure aria-label={t('suggestion')} className="mt-1.5 border-approved border-l-2 pl-3">
      <figcaption className="text-ink-3 text-xs">{t('suggestion')}</figcaption>
      <DiffText parts={parts} className="max-h-80 overflow-auto break-words" />
      {children}
    </figure>
  )
})

/** Puts a suggestion in its place, or says why that cannot be. */
export function ApplySuggestion({ place, onApply }: { place: RemarkPlace; onApply: () => void }) {
  const t = useTranslations('write')
  if (place.kind === 'applied' || place.kind === 'changed') return <p className="mt-1.5 text-ink-3 text-sm">{t(`suggestion.${place.kind}`)}</p>
  if (place.kind !== 'stands') return null
  return (
    <Button size="sm" className="mt-1.5" onClick={onApply}>
      {t('applySuggestion')}
    </Button>
  )
}
