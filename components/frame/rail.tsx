'use client'
import { PanelLeft, Search } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { classNames } from '#components/ui/class-names.ts'
import { IconButton } from '#components/ui/icon-button.tsx'
import { Kbd } from '#components/ui/kbd.tsx'
import { commandStore } from '#components/ui/shortcuts.tsx'
import { Tooltip } from '#components/ui/tooltip.tsx'
import { AccountMenu } from './account-menu.tsx'
import { isAt, type Place } from './navigation.ts'
import { ProjectSwitcher } from './project-switcher.tsx'

export const openPalette = () =>
  commandStore
    .get()
    .find((command) => command.id === 'palette')
    ?.run()

export function PlaceLink({ place, slug, collapsed = false, onFollow }: { place: Place; slug: string; collapsed?: boolean; onFollow?: () => void }) {
  const t = useTranslations('nav')
  const here = isAt(place, usePathname(), slug)
  const link = (
    <Link
      href={`/p/${slug}${place.path}`}
      aria-current={here ? 'page' : undefined}
      {...(onFollow ? { onClick: onFollow } : {})}
      className={classNames(
        'flex h-8 items-center gap-2.5 rounded-md px-2.5 transition-colors max-rail:h-11 max-rail:text-md',
        here ? 'bg-surface-3/70 font-medium text-ink-1' : 'text-ink-2 hover:bg-surface-2 hover:text-ink-1',
        collapsed && 'w-10 justify-center px-0',
      )}
    >
      <place.icon aria-hidden className={classNames('size-4 shrink-0', here ? 'text-accent' : 'text-ink-3')} />
      <span className={collapsed ? 'sr-only' : 'truncate'}>{t(place.id)}</span>
    </Link>
  )
  return collapsed ? (
    <Tooltip label={t(place.id)} side="right" {...(place.keys ? { keys: place.keys } : {})}>
      {link}
    </Tooltip>
  ) : (
    link
  )
}

/** Places by section; a hairline of space divides, no headings. */
export function PlaceList({
  places,
  slug,
  collapsed = false,
  onFollow,
}: {
  places: readonly Place[]
  slug: string
  collapsed?: boolean
  onFollow?: () => void
}) {
  const t = useTranslations('nav')
  const sections = [...new Set(places.map((place) => place.section))]
  return (
    <nav aria-label={t('places')} className="flex flex-col gap-4">
      {sections.map((section) => (
        <ul key={section} className="flex flex-col gap-px">
          {places
            .filter((place) => place.section === section)
            .map((place) => (
              <li key={place.id}>
                <PlaceLink place={place} slug={slug} collapsed={collapsed} {...(onFollow ? { onFollow } : {})} />
              </li>
            ))}
        </ul>
      ))}
    </nav>
  )
}

/** The left rail: project, places, person. 208 px, or 64 when collapsed. */
export function Rail({
  places,
  slug,
  collapsed,
  onToggle,
}: {
  places: readonly Place[]
  slug: string | null
  collapsed: boolean
  onToggle: () => void
}) {
  const t = useTranslations('nav')
  return (
    <div
      className={classNames(
        'no-print sticky top-0 hidden h-dvh shrink-0 flex-col border-r bg-surface-1 px-3 py-3 rail:flex',
        collapsed ? 'w-16' : 'w-52',
      )}
    >
      <div className={classNames('flex items-center gap-1', collapsed && 'flex-col')}>
        <ProjectSwitcher collapsed={collapsed} />
        <IconButton label={t(collapsed ? 'expand' : 'collapse')} keys="mod+\" icon={<PanelLeft />} onClick={onToggle} aria-expanded={!collapsed} />
      </div>
      <button
        type="button"
        onClick={openPalette}
        className={classNames(
          'mt-3 mb-4 flex h-8 items-center gap-2.5 rounded-md border bg-surface-0 px-2.5 text-ink-3 hover:text-ink-1',
          collapsed && 'w-10 justify-center px-0',
        )}
      >
        <Search aria-hidden className="size-4 shrink-0" />
        <span className={collapsed ? 'sr-only' : 'flex-1 truncate text-left'}>{t('search')}</span>
        {!collapsed && <Kbd keys="mod+k" />}
      </button>
      <div className="-mx-1 min-h-0 flex-1 overflow-y-auto overflow-x-hidden px-1">
        {slug && <PlaceList places={places} slug={slug} collapsed={collapsed} />}
      </div>
      <AccountMenu collapsed={collapsed} />
    </div>
  )
}
