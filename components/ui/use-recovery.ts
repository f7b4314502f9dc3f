'use client'
import { useEffect, useEffectEvent } from 'react'
import { watchForRecovery } from '#lib/client/recovery.ts'

/** While something waits for server or database, calls `onBack` as soon as they answer again. */
export function useRecovery(onBack: () => void, isWaiting: boolean): void {
  const back = useEffectEvent(onBack)
  useEffect(() => (isWaiting ? watchForRecovery(() => back()) : undefined), [isWaiting])
}
