'use client'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useLayoutEffect, useRef } from 'react'
import { classNames } from './class-names.ts'

/** Pages beside one another under one title; looks like tabs, but each is an address of its own. */
export function SubNav({ label, links }: { label: string; links: readonly { href: string; label: string }[] }) {
  const pathname = usePathname()
  const nav = useRef<HTMLElement>(null)
  // Where not all fit, the current one is in sight; the page itself stays where it is.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another address has another current link
  useLayoutEffect(() => {
    const current = nav.current?.querySelector<HTMLElement>('[aria-current]')
    if (!nav.current || !current) return
    const [row, link] = [nav.current.getBoundingClientRect(), current.getBoundingClientRect()]
    nav.current.scrollLeft += link.left + link.width / 2 - (row.left + row.width / 2)
  }, [pathname])
  return (
    <nav ref={nav} aria-label={label} className="mb-8 flex gap-5 overflow-x-auto border-b">
      {links.map((link) => (
        <Link
          key={link.href}
          href={link.href}
          aria-current={pathname === link.href ? 'page' : undefined}
          className={classNames(
            '-mb-px flex h-9 shrink-0 items-center border-b-2 transition-colors focus-visible:-outline-offset-2',
            pathname === link.href ? 'border-accent font-medium text-ink-1' : 'border-transparent text-ink-2 hover:text-ink-1',
          )}
        >
          {link.label}
        </Link>
      ))}
    </nav>
  )
}
