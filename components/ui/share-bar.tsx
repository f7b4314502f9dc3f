import { classNames } from './class-names.ts'

/** How large a share is beside its number, for the eye alone. Drawn: browsers place the parts of `<meter>` each in their own way. */
export const ShareBar = ({ share, className }: { share: number; className?: string }) => (
  <svg aria-hidden className={classNames('h-1.5 shrink-0 rounded-xs bg-surface-3', className)}>
    <rect width={`${Math.round(share * 1000) / 10}%`} height="100%" rx={2} className="fill-accent" />
  </svg>
)
