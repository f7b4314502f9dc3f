'use client'
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { footBar } from './foot.ts'

/** What one does with the text on screen, always in reach at the foot of the page; above the places on a phone. */
export function WorkBar({ className, children }: { className?: string; children: ReactNode }) {
  return (
    <footer
      ref={footBar}
      className={classNames(
        'sticky bottom-0 z-10 flex flex-wrap items-center gap-2 border-t bg-surface-0 px-4 py-2.5 sm:px-6 max-rail:bottom-14',
        className,
      )}
    >
      {children}
    </footer>
  )
}
