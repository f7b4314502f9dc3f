'use client'
import { Menu as MenuIcon } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useState } from 'react'
import { classNames } from '#components/ui/class-names.ts'
import { Drawer } from '#components/ui/dialog.tsx'
import { footBar } from '#components/ui/foot.ts'
import { AccountMenu } from './account-menu.tsx'
import { isAt, type Place, placesOnPhones } from './navigation.ts'
import { ProjectSwitcher } from './project-switcher.tsx'
import { PlaceList } from './rail.tsx'

const ENTRY = 'flex h-14 flex-1 flex-col items-center justify-center gap-1 text-xs'

/** Below 900 px: three places and the rest. */
export function BottomBar({ places, slug }: { places: readonly Place[]; slug: string | null }) {
  const t = useTranslations('nav')
  const pathname = usePathname()
  const [isOpen, setIsOpen] = useState(false)
  return (
    <div ref={footBar} className="no-print fixed inset-x-0 bottom-0 z-30 flex border-t bg-surface-1 pb-[env(safe-area-inset-bottom)] rail:hidden">
      {slug &&
        placesOnPhones(places).map((place) => {
          const here = isAt(place, pathname, slug)
          return (
            <Link
              key={place.id}
              href={`/p/${slug}${place.path}`}
              aria-current={here ? 'page' : undefined}
              className={classNames(ENTRY, here ? 'font-medium text-ink-1' : 'text-ink-2')}
            >
              <place.icon aria-hidden className={classNames('size-5', here ? 'text-accent' : 'text-ink-3')} />
              {t(place.id)}
            </Link>
          )
        })}
      <button type="button" onClick={() => setIsOpen(true)} aria-expanded={isOpen} className={classNames(ENTRY, 'text-ink-2')}>
        <MenuIcon aria-hidden className="size-5 text-ink-3" />
        {t('more')}
      </button>
      <Drawer open={isOpen} onOpenChange={setIsOpen} title={t('more')} size="sm">
        <div className="flex flex-col gap-4">
          <ProjectSwitcher collapsed={false} />
          {slug && <PlaceList places={places} slug={slug} onFollow={() => setIsOpen(false)} />}
          <div className="border-t pt-2">
            <AccountMenu collapsed={false} />
          </div>
        </div>
      </Drawer>
    </div>
  )
}
