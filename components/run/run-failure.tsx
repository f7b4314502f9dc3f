'use client'
import { useFinding } from './finding.ts'
import type { Run } from './use-run.ts'

/** Why a run failed, in the reader's language, with what the trainer itself said, and how to go on. */
export function RunFailure({ failure }: { failure: NonNullable<Run['failure']> }) {
  const { message, cure } = useFinding('failure')(failure)
  return (
    <div role="alert" className="mb-6 border-rejected border-l-2 pl-3">
      <p>{message}</p>
      {failure.detail && <p className="break-words font-mono text-sm">{failure.detail}</p>}
      <p className="text-ink-2">{cure}</p>
    </div>
  )
}
