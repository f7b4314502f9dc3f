'use client'
import { useTranslations } from 'next-intl'
import type { RemarkPlace } from '#lib/domain/remark-place.ts'

/** Where a remark points, in words; what is gone is said to be gone. */
export function usePlaceName() {
  const t = useTranslations('comments')
  return (place: RemarkPlace, messages: readonly { id: string }[]): string => {
    if (place.kind === 'whole' || place.kind === 'orphan') return t(place.kind)
    const position = messages.findIndex(({ id }) => id === place.messageId) + 1
    return t(place.kind === 'changed' || place.kind === 'applied' ? place.kind : 'message', { position })
  }
}
