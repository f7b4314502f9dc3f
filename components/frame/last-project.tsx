'use client'
import { createContext, type ReactNode, useContext } from 'react'

const LastProjectContext = createContext<string | null>(null)

/** Slug of the project looked at last: pages outside of any project keep showing its places. */
export function LastProject({ value, children }: { value: string | null; children: ReactNode }) {
  return <LastProjectContext value={value}>{children}</LastProjectContext>
}

export const useLastProject = () => useContext(LastProjectContext)
