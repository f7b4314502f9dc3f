import { classNames } from './class-names.ts'

/** A bar of 0..1; null while the end is unknown. `label` says what goes on. */
export function Progress({ value, label, className }: { value: number | null; label: string; className?: string }) {
  return (
    <progress
      aria-label={label}
      max={1}
      {...(value === null ? {} : { value: Math.min(1, Math.max(0, value)) })}
      className={classNames(
        'block h-1 w-full appearance-none overflow-hidden rounded-full bg-surface-3 indeterminate:animate-breathe [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-surface-3 [&::-webkit-progress-value]:bg-accent [&::-webkit-progress-value]:transition-[inline-size]',
        className,
      )}
    />
  )
}
