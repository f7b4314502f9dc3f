import { classNames } from './class-names.ts'

/** A place holder of the final size: give it width and height by class. */
export const Skeleton = ({ className }: { className?: string }) => (
  <span aria-hidden className={classNames('block animate-breathe rounded-md bg-surface-2', className ?? 'h-4 w-full')} />
)

const ROWS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]

/** A list that is being fetched: as many lines as asked (12 at most), each as high as a row. */
export function SkeletonRows({ rows = 6, label }: { rows?: number; label: string }) {
  return (
    <div role="status" aria-label={label} className="divide-y">
      {ROWS.slice(0, rows).map((row) => (
        <div key={row} className="flex h-11 items-center gap-6">
          <Skeleton className="h-3.5 flex-1" />
          <Skeleton className="h-3.5 w-24" />
          <Skeleton className="h-3.5 w-16" />
        </div>
      ))}
    </div>
  )
}
