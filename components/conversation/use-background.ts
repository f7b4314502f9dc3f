'use client'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { Background, portOf, type Seen } from '#lib/client/background.ts'
import type { DraftContent } from '#lib/domain/conversation.ts'

const nothing = () => () => {}
const unknown = () => null

/** What a worker works out about a text while it is written; null until the first answer. `setup` is null until it is known, and else stays the same object. */
export function useBackground<Setup, Answer>(start: () => Worker, setup: Setup | null, content: DraftContent): Seen<Answer> | null {
  const [background, setBackground] = useState<Background<Setup, Answer> | null>(null)
  useEffect(() => {
    if (setup === null) return
    const made = new Background<Setup, Answer>(portOf(start()), setup)
    setBackground(made)
    return () => made.close()
  }, [start, setup])
  useEffect(() => background?.look(content), [background, content])
  return useSyncExternalStore(background?.subscribe ?? nothing, background?.getSeen ?? unknown, unknown)
}
