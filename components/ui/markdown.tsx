'use client'
import { lazy, memo, Suspense, useSyncExternalStore } from 'react'
import { classNames } from './class-names.ts'

type Props = { children: string; className?: string; dir?: 'auto' | 'ltr' | 'rtl' }

// Loaded apart and only in the browser: it is heavy, and KaTeX's inline styles are set by script, which the content policy
// allows, but not in served HTML. Until then, and without scripts, the source is shown: it is readable as it is.
const MarkdownBody = lazy(() => import('./markdown-body.tsx').then((module) => ({ default: module.MarkdownBody })))

const subscribe = () => () => undefined

/** Rendered markdown (GFM, math), sanitised: no script, no foreign request, links open apart. Set once for a text: a long one takes seconds. */
export const Markdown = memo(function Markdown({ children, className, dir = 'auto' }: Props) {
  const isInBrowser = useSyncExternalStore(
    subscribe,
    () => true,
    () => false,
  )
  const source = (
    <div dir={dir} className={classNames('whitespace-pre-wrap', className)}>
      {children}
    </div>
  )
  if (!isInBrowser) return source
  return (
    <Suspense fallback={source}>
      <MarkdownBody source={children} className={className} dir={dir} />
    </Suspense>
  )
})
