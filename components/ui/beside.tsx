'use client'
import { type ComponentType, type ReactNode, useEffect, useSyncExternalStore } from 'react'

/**
 * A part whose script comes beside the page: the page does not wait for it, and by the time it is wanted it is there, also
 * without a network. Until then `fallback` stands in its place. What could not be fetched is tried again when it is wanted.
 */
export function beside<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  fallback: (props: Props) => ReactNode = () => null,
): ComponentType<Props> {
  let Part: ComponentType<Props> | null = null
  let isLoading = false
  const listeners = new Set<() => void>()
  const subscribe = (listener: () => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  const ask = () => {
    if (Part || isLoading) return
    isLoading = true
    load()
      .then((component) => {
        Part = component
        for (const listener of listeners) listener()
      })
      .catch(() => undefined)
      .finally(() => {
        isLoading = false
      })
  }
  if (typeof window !== 'undefined') ask()
  return function Beside(props) {
    const Loaded = useSyncExternalStore(
      subscribe,
      () => Part,
      () => null,
    )
    useEffect(() => {
      if (Loaded) return
      ask()
      window.addEventListener('online', ask)
      return () => window.removeEventListener('online', ask)
    }, [Loaded])
    return Loaded ? <Loaded {...props} /> : fallback(props)
  }
}
