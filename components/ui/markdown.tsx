'use client'
import dynamic from 'next/dynamic'

type Props = { children: string; className?: string; dir?: 'auto' | 'ltr' | 'rtl' }

// Loaded apart and only in the browser: it is heavy, and KaTeX's inline styles are set by script, which the content policy
// allows, but not in served HTML. Until then, and without scripts, the source is shown: it is readable as it is.
const MarkdownBody = dynamic(() => import('./markdown-body.tsx').then((module) => module.MarkdownBody), { ssr: false, loading: () => null })

/** Rendered markdown (GFM, math), sanitised: no script, no foreign request, links open apart. */
export function Markdown({ children, className, dir = 'auto' }: Props) {
  return <MarkdownBody source={children} className={className} dir={dir} />
}
