'use client'
import { useRouter } from 'next/navigation'
import { whenFree } from '#components/ui/shortcuts.tsx'
import { countNavigations } from '#lib/client/navigation.ts'

export type FollowUp = (how: 'push' | 'replace', address: string) => void

/**
 * For what goes to another page by itself when it is done, such as a claim. Call it when that begins; the move it gives waits
 * while a window is open or keys are half typed, and is not made when the person has gone elsewhere since.
 */
export function useFollowUp(): () => FollowUp {
  const router = useRouter()
  return () => {
    const begun = countNavigations()
    return (how, address) => whenFree(() => countNavigations() === begun && router[how](address))
  }
}
