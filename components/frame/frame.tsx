'use client'
import { useRouter } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { type ReactNode, useState } from 'react'
import { CommandPalette } from '#components/ui/command-palette.tsx'
import { useCommands, useKeyboard } from '#components/ui/shortcuts.tsx'
import { rememberRail } from '#lib/client/preferences.ts'
import { BottomBar } from './bottom-bar.tsx'
import { placesFor } from './navigation.ts'
import { Rail } from './rail.tsx'
import { useMe, useMembership } from './use-me.ts'
import { usePaletteSearch } from './use-palette-search.ts'

/** What stands around every page: rail or bottom bar, palette, keys. */
export function Frame({ railCollapsed, children }: { railCollapsed: boolean; children: ReactNode }) {
  const t = useTranslations('nav')
  const router = useRouter()
  const me = useMe()
  const membership = useMembership()
  const [collapsed, setCollapsed] = useState(railCollapsed)
  const places = membership ? placesFor(membership.actions) : []
  const slug = membership?.project.slug ?? null
  const toggle = () => {
    setCollapsed(!collapsed)
    rememberRail(!collapsed)
  }
  useKeyboard()
  useCommands([
    ...places.map((place) => ({
      id: `go-${place.id}`,
      title: t(place.id),
      ...(place.keys ? { keys: place.keys } : {}),
      section: t('goTo'),
      run: () => router.push(`/p/${slug}${place.path}`),
    })),
    ...(slug ? [{ id: 'go-rulings', title: t('rulings'), section: t('goTo'), run: () => router.push(`/p/${slug}/guideline/rulings`) }] : []),
    { id: 'go-account', title: t('accountSettings'), section: t('goTo'), run: () => router.push('/settings') },
    ...me.memberships.map(({ project }) => ({
      id: `project-${project.id}`,
      title: project.name,
      section: t('projects'),
      keywords: [project.slug],
      run: () => router.push(`/p/${project.slug}`),
    })),
    { id: 'rail', title: t(collapsed ? 'expand' : 'collapse'), keys: 'mod+\\', section: t('frame'), run: toggle },
  ])
  return (
    <div className="flex min-h-dvh">
      <a href="#main" className="sr-only z-50 rounded-md bg-accent px-3 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2">
        {t('skip')}
      </a>
      <Rail places={places} slug={slug} collapsed={collapsed} onToggle={toggle} />
      <main id="main" tabIndex={-1} className="min-w-0 flex-1 pb-16 outline-none rail:pb-0">
        {children}
      </main>
      <BottomBar places={places} slug={slug} />
      <CommandPalette useSearch={usePaletteSearch} />
    </div>
  )
}
