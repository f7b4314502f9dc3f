'use client'
import { beside } from '#components/ui/beside.tsx'
import type { SourceEditorProps } from './code-mirror.tsx'

/** A field of source text, byte for byte. Its script is as large as the rest of the page's: it comes beside the page, which shows its text meanwhile. */
export const SourceEditor = beside<SourceEditorProps>(
  () => import('./code-mirror.tsx').then((module) => module.default),
  ({ value }) => (
    <div className="min-h-[1.6em] whitespace-pre-wrap break-words leading-[1.6]" dir="auto">
      {value}
    </div>
  ),
)
