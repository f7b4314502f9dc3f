'use client'
import { lazy, memo, type RefObject, Suspense, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { classNames } from './class-names.ts'

type Props = {
  children: string
  className?: string
  dir?: 'auto' | 'ltr' | 'rtl'
  /** One of very many on a page: shown as its source until somebody is about to read it. */
  whenNear?: boolean
}

/** How far outside of what is seen a text is rendered already. */
const NEAR = '800px 0px'

/** Turns true, for good, once the element is near what is seen. */
function useNear(element: RefObject<HTMLElement | null>, isAsked: boolean): boolean {
  const [isNear, setIsNear] = useState(!isAsked)
  useEffect(() => {
    if (isNear || !element.current) return
    const observer = new IntersectionObserver((entries) => entries.some(({ isIntersecting }) => isIntersecting) && setIsNear(true), {
      rootMargin: NEAR,
    })
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element, isNear])
  return isNear
}

// Loaded apart and only in the browser: it is heavy, and KaTeX's inline styles are set by script, which the content policy
// allows, but not in served HTML. Until then, and without scripts, the source is shown: it is readable as it is.
const MarkdownBody = lazy(() => import('./markdown-body.tsx').then((module) => ({ default: module.MarkdownBody })))

const subscribe = () => () => undefined

/** Rendered markdown (GFM, math), sanitised: no script, no foreign request, links open apart. Set once for a text: a long one takes seconds. */
export const Markdown = memo(function Markdown({ children, className, dir = 'auto', whenNear = false }: Props) {
  const element = useRef<HTMLDivElement>(null)
  const isNear = useNear(element, whenNear)
  const isInBrowser = useSyncExternalStore(
    subscribe,
    () => true,
    () => false,
  )
  const source = (
    <div ref={element} dir={dir} className={classNames('whitespace-pre-wrap', className)}>
      {children}
    </div>
  )
  if (!isInBrowser || !isNear) return source
  return (
    <Suspense fallback={source}>
      <MarkdownBody source={children} className={className} dir={dir} />
    </Suspense>
  )
})
