import type { ReactNode } from 'react'

/** A number that matters, below its name; in a `dl`. */
export function Figure({ name, value, children }: { name: string; value: ReactNode; children?: ReactNode }) {
  return (
    <div>
      <dt className="text-ink-3 text-sm">{name}</dt>
      <dd>
        <span className="block font-semibold text-xl tabular-nums">{value}</span>
        <span className="text-ink-3 text-sm">{children}</span>
      </dd>
    </div>
  )
}
