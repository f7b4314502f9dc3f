'use client'
import { useNow } from 'next-intl'
import { useSyncExternalStore } from 'react'

const TICK_MS = 15_000
/** Older than this it is set anew for whatever comes on screen. */
const FRESH_MS = 1_000

let now = new Date()
let timer: ReturnType<typeof setInterval> | undefined
const listeners = new Set<() => void>()

function tick(): void {
  now = new Date()
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(tick, TICK_MS)
  if (Date.now() - now.getTime() > FRESH_MS) tick()
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** The time, for everything on the page together, and right for what comes on screen long after the page was loaded. */
export function useClock(): Date {
  // What the server rendered with, so that both sides write the same words.
  const rendered = useNow()
  return useSyncExternalStore(
    subscribe,
    () => now,
    () => rendered,
  )
}
