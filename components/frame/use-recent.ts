'use client'
import { useEffect } from 'react'
import { recentItems, rememberItem } from '#lib/client/recent-items.ts'
import { useMe } from './use-me.ts'

/** Puts the item of this page among those the palette offers first. */
export function useRecent(href: string, title: string) {
  const { id } = useMe()
  useEffect(() => {
    if (title && recentItems.read(id).items[0]?.title !== title) rememberItem(id, { href, title: title.slice(0, 120) })
  }, [id, href, title])
}
