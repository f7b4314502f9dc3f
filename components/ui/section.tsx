import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

/** A part of a page: a heading, one line of explanation, its content. No box: space and a hairline divide. */
export function Section({
  title,
  hint,
  action,
  id,
  children,
  className,
}: {
  title: ReactNode
  hint?: ReactNode
  action?: ReactNode
  id?: string
  children: ReactNode
  className?: string
}) {
  return (
    <section id={id} className={classNames('border-t pt-6 pb-10 first:border-t-0 first:pt-0', className)}>
      <div className="mb-4 flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <div className="min-w-0 max-w-read">
          <h2 className="font-semibold text-md leading-6">{title}</h2>
          {hint && <p className="mt-0.5 text-ink-3">{hint}</p>}
        </div>
        {action && <div className="flex shrink-0 gap-2">{action}</div>}
      </div>
      {children}
    </section>
  )
}
