'use client'
import { useTranslations } from 'next-intl'
import { Markdown } from '#components/ui/markdown.tsx'
import { useSettled } from './use-settled.ts'

const PAUSE_MS = 250
/** A longer text would hold up the keys that are typed into it. */
const MOST_RENDERED = 100_000

/** A text as its reader will see it, set when typing pauses. */
export function TextPreview({ text, position }: { text: string; position: number }) {
  const t = useTranslations('write')
  const settled = useSettled(text, PAUSE_MS)
  if (settled.trim() === '') return null
  return (
    <figure aria-label={t('previewLabel', { position })} className="mt-3 border-line border-t border-dashed pt-3">
      {settled.length > MOST_RENDERED ? (
        <p className="text-ink-3 text-sm">{t('previewTooLong')}</p>
      ) : (
        <Markdown className="prose-conversation">{settled}</Markdown>
      )}
    </figure>
  )
}
