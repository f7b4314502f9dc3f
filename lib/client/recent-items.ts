import { createLocalStore } from './local-store.ts'

export type RecentItem = { href: string; title: string }

const MOST = 8

/** What a person opened last, newest first, by person. */
export const recentItems = createLocalStore<{ items: RecentItem[] }>('exemplar-recent', { items: [] })

export function rememberItem(userId: string, item: RecentItem): void {
  const others = recentItems.read(userId).items.filter(({ href }) => href !== item.href)
  recentItems.write(userId, { items: [item, ...others].slice(0, MOST) })
}
