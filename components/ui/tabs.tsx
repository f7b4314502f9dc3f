'use client'
import { type KeyboardEvent, type ReactNode, useId } from 'react'
import { classNames } from './class-names.ts'

export type Tab = { id: string; label: ReactNode; count?: number; content: ReactNode }

type Props = { label: string; tabs: readonly Tab[]; value: string; onChange: (id: string) => void; className?: string; panelClassName?: string }

/** Tabs with one panel shown. Arrow keys, Home and End move. (Own: Radix's write inline styles into the server's HTML.) */
export function Tabs({ label, tabs, value, onChange, className, panelClassName }: Props) {
  const base = useId()
  const current = tabs.find((tab) => tab.id === value) ?? tabs[0]
  const move = (event: KeyboardEvent) => {
    const at = tabs.findIndex((tab) => tab.id === current?.id)
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    const next = tabs[(to + tabs.length) % tabs.length]
    if (!next) return
    onChange(next.id)
    document.getElementById(`${base}-${next.id}`)?.focus()
  }
  return (
    <div className={className}>
      <div role="tablist" aria-label={label} onKeyDown={move} className="flex gap-4 overflow-x-auto border-b">
        {tabs.map((tab) => (
          <button
            key={tab.id}
            id={`${base}-${tab.id}`}
            type="button"
            role="tab"
            aria-selected={tab.id === current?.id}
            aria-controls={tab.id === current?.id ? `${base}-panel` : undefined}
            tabIndex={tab.id === current?.id ? 0 : -1}
            onClick={() => onChange(tab.id)}
            className={classNames(
              '-mb-px h-9 shrink-0 border-b-2 text-base transition-colors focus-visible:-outline-offset-2',
              tab.id === current?.id ? 'border-accent font-medium text-ink-1' : 'border-transparent text-ink-2 hover:text-ink-1',
            )}
          >
            {tab.label}
            {tab.count !== undefined && <span className="ml-0.5 font-normal text-ink-3"> {tab.count}</span>}
          </button>
        ))}
      </div>
      <div
        id={`${base}-panel`}
        role="tabpanel"
        aria-labelledby={`${base}-${current?.id}`}
        tabIndex={0}
        className={classNames('outline-offset-4', panelClassName ?? 'pt-4')}
      >
        {current?.content}
      </div>
    </div>
  )
}
