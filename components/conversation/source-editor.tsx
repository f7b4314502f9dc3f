'use client'
import { lazy, Suspense } from 'react'
import type { SourceEditorProps } from './code-mirror.tsx'

// Its script is as large as the rest of the page's: it comes beside the page, which shows its text meanwhile.
const load = () => import('./code-mirror.tsx')
if (typeof window !== 'undefined') void load().catch(() => {})
const CodeMirror = lazy(load)

/** A field of source text, byte for byte. */
export function SourceEditor(props: SourceEditorProps) {
  return (
    <Suspense
      fallback={
        <div className="min-h-[1.6em] whitespace-pre-wrap break-words leading-[1.6]" dir="auto">
          {props.value}
        </div>
      }
    >
      <CodeMirror {...props} />
    </Suspense>
  )
}
