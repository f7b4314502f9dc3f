'use client'
import { type ComponentType, lazy, Suspense } from 'react'

/**
 * A part whose script comes beside the page: the page does not wait for it, and by the time it is wanted it is there, also
 * without a network. Until then nothing is shown in its place.
 */
export function beside<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const fetched = () => load().then((component) => ({ default: component }))
  // What fails now is fetched again when it is wanted.
  if (typeof window !== 'undefined') void fetched().catch(() => {})
  const Part = lazy(fetched) as unknown as ComponentType<Props>
  return (props) => (
    <Suspense fallback={null}>
      <Part {...props} />
    </Suspense>
  )
}
