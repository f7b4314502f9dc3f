'use client'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { classNames } from './class-names.ts'

/** Pages beside one another under one title; looks like tabs, but each is an address of its own. */
export function SubNav({ label, links }: { label: string; links: readonly { href: string; label: string }[] }) {
  const pathname = usePathname()
  return (
    <nav aria-label={label} className="mb-8 flex gap-5 overflow-x-auto border-b">
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
