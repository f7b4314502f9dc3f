import type { ReactNode } from 'react'

/** Nothing is here yet: says why and what to do next. */
export function EmptyState({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-start gap-1 py-10">
      <p className="font-medium text-md">{title}</p>
      {children && <div className="max-w-read text-ink-2">{children}</div>}
      {action && <div className="mt-4 flex flex-wrap gap-2">{action}</div>}
    </div>
  )
}
