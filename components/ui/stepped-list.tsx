'use client'
import { type ReactNode, useState } from 'react'
import { Button } from './button.tsx'

const STEP = 50

type Props<Item> = {
  items: readonly Item[]
  /** How many there are in all, where not all are here. */
  total?: number
  moreLabel: (left: number) => string
  /** Fetches further ones. */
  onMore?: () => void
  children: (shown: readonly Item[]) => ReactNode
}

/** A list of anything that may be long: a page of it at a time, more by a button, so that thousands do not make the page slow. */
export function SteppedList<Item>({ items, total = items.length, moreLabel, onMore, children }: Props<Item>) {
  const [steps, setSteps] = useState(1)
  const shown = items.slice(0, steps * STEP)
  const left = total - shown.length
  const more = () => {
    setSteps(steps + 1)
    if (items.length <= (steps + 1) * STEP) onMore?.()
  }
  return (
    <>
      {children(shown)}
      {left > 0 && (
        <Button size="sm" variant="quiet" className="-ml-2" onClick={more}>
          {moreLabel(left)}
        </Button>
      )}
    </>
  )
}
