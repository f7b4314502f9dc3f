'use client'
import { useSyncExternalStore } from 'react'
import { classNames } from './class-names.ts'
import { keyNames } from './key-names.ts'

const subscribe = () => () => {}
const isApple = () => /Mac|iPhone|iPad/.test(navigator.platform)

/** A key or a combination, where there is a keyboard, as this device writes it: `mod+enter` is ⌘↵ or Ctrl ↵; `g w` is two keys after one another. */
export function Kbd({ keys, tone = 'plain', className }: { keys: string; tone?: 'plain' | 'inverse'; className?: string }) {
  const apple = useSyncExternalStore(subscribe, isApple, () => false)
  return (
    <kbd
      className={classNames(
        'hidden shrink-0 items-center gap-0.5 font-sans text-xs no-underline keyboard:inline-flex',
        tone === 'plain' && 'text-ink-3',
        className,
      )}
    >
      {keyNames(keys, apple).map((name, index) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: a combination never changes its order
          key={index}
          className={classNames('min-w-4 rounded-sm px-1 text-center leading-4', tone === 'inverse' ? 'bg-current/10' : 'bg-surface-2')}
        >
          {name}
        </span>
      ))}
    </kbd>
  )
}
