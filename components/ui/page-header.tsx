import Link from 'next/link'
import type { ReactNode } from 'react'

type Props = {
  title: ReactNode
  /** A StatePill. */
  state?: ReactNode
  /** One line of facts below the title. */
  facts?: ReactNode
  /** The one primary action, and quiet ones before it. */
  actions?: ReactNode
  /** Where this page hangs, as a link above the title. */
  parent?: { href: string; label: string }
}

/** Top of a page: title, state, one primary action. */
export function PageHeader({ title, state, facts, actions, parent }: Props) {
  return (
    <header className="mb-6 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        {parent && (
          <Link href={parent.href} className="mb-0.5 inline-block text-ink-3 text-sm hover:text-ink-1 hover:underline">
            {parent.label}
          </Link>
        )}
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="min-w-0 break-words font-semibold text-lg tracking-[-0.012em]">{title}</h1>
          {state}
        </div>
        {facts && <div className="mt-1 flex flex-wrap gap-x-4 text-ink-3 text-sm">{facts}</div>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  )
}

/** The frame of an ordinary page's content: `read` for one column of text, `wide` for tables, `full` for workbenches. */
export function Page({ width = 'wide', children }: { width?: 'read' | 'wide' | 'full'; children: ReactNode }) {
  const classes = {
    read: 'mx-auto max-w-[50rem] px-4 py-6 sm:px-8 sm:py-8',
    wide: 'mx-auto max-w-[76rem] px-4 py-6 sm:px-8 sm:py-8',
    full: 'px-4 py-4 sm:px-6',
  }
  return <div className={classes[width]}>{children}</div>
}
